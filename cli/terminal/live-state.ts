/** One Region as the game day sees it from outside. */
export interface LiveRegion {
  readonly name: string;
  readonly role: 'primary' | 'recovery';
  readonly state: 'serving' | 'standby' | 'lost' | 'promoting';
  readonly writesPerSecond: number;
}

/** Where the game day stands. */
export interface LiveState {
  /** Since the game day began. Also the clock of the view, which has none of its own. */
  readonly elapsedMs: number;
  readonly regions: readonly LiveRegion[];
  /** Absent while no run is open. */
  readonly step?: string;
  /** Since the loss of the Region; stands still after the first acknowledged write, absent before the loss. */
  readonly rtoClockMs?: number;
  readonly ordersPerSecond: number;
}
