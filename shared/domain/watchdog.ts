/** The watchdog of runs looks so often in the time after which a run counts as dead: a takeover begins half of it late at most. */
export const looksPerSilence = 2;
