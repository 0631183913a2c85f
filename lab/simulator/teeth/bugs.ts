/** One bug, planted by replacing a piece of source text while the file is loaded. The product knows nothing of it. */
export interface PlantedBug {
  readonly name: string;
  /** What the code does wrong then. */
  readonly story: string;
  /** Relative to the repository. */
  readonly file: string;
  /** Must occur exactly once. */
  readonly find: string;
  readonly replace: string;
  /** A scenario in which it can do harm; default: swarm. */
  readonly scenario?: string;
}

const settle = 'shared/kinds/settle.ts';
const lock = 'shared/coordination/run-lock.ts';
const opening = 'shared/coordination/opening.ts';
const lease = 'shared/coordination/lease.ts';

/** Each breaks one mechanism that an invariant rests on. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'acts-twice',
    story: 'settle makes its one call twice',
    file: settle,
    find: 'await task.kind.act(action, task.resource.spec, task.goal, deps.outside);',
    replace:
      'await task.kind.act(action, task.resource.spec, task.goal, deps.outside); await task.kind.act(action, task.resource.spec, task.goal, deps.outside);',
  },
  {
    name: 'forgets-what-it-asked',
    story: 'settle takes an effect that is not visible yet for one that was never asked for',
    file: settle,
    find: 'return at !== undefined && clock.now() - at < pace.visibilitySeconds * 1000;',
    replace: 'return at === undefined && clock.now() > 0 && pace === undefined;',
    scenario: 'bad-answers',
  },
  {
    name: 'no-intent',
    story: 'settle acts without writing down its intent',
    file: settle,
    find: "await note(task, deps, { event: 'intended', why, data: intent });",
    replace: '',
  },
  {
    name: 'no-epoch-check',
    story: 'settle acts although a newer run holds the lock',
    file: settle,
    find: 'if (!(await deps.lock.hold(task.goal.run))) {',
    replace: 'await deps.lock.hold(task.goal.run); if (false) {',
    scenario: 'stale-run',
  },
  {
    name: 'no-fence-wait',
    story: 'nobody outwaits the lease of a Region that cannot be fenced',
    file: 'shared/domain/lease.ts',
    find: '  expiresAt + skewMs;',
    replace: '  0 * (expiresAt + skewMs);',
  },
  {
    name: 'no-skew',
    story: 'the lease is outwaited as if all clocks were the same',
    file: 'shared/domain/lease.ts',
    find: '  expiresAt + skewMs;',
    replace: '  expiresAt + 0 * skewMs;',
    scenario: 'clocks-apart',
  },
  {
    name: 'fence-taken-for-granted',
    story: 'Isolate takes every fence for confirmed',
    file: 'shared/steps/isolate.ts',
    find: 'if (fenced.confirmed) return',
    replace: 'if (fenced.why !== undefined) return',
  },
  {
    name: 'renews-a-claimed-lease',
    story: 'a guard renews the lease although a run has claimed it',
    file: lease,
    find: 'epoch = :epoch AND attribute_not_exists(claimedBy) AND expiresAt',
    replace: '(epoch = :epoch OR attribute_exists(claimedBy)) AND expiresAt',
    scenario: 'guard-paused',
  },
  {
    name: 'any-guard-renews',
    story: 'a guard renews the lease of whichever Region holds it, and opens its own gate',
    file: 'shared/domain/lease.ts',
    find: "seen !== 'absent' && seen.region === region",
    replace: "seen !== 'absent' && region !== undefined",
    scenario: 'started-twice',
  },
  {
    name: 'gate-open-too-long',
    story: 'the guard hands out a grant that outlasts the lease',
    file: 'shared/guard/guard.ts',
    find: 'await gate.open(grant);',
    replace: 'await gate.open({ ...grant, expiresAt: grant.expiresAt + 60_000 });',
  },
  {
    name: 'verifies-nothing',
    story: 'Verify is content without a transaction',
    file: 'shared/steps/verify.ts',
    find: "worst(await settlePhase(context, 'verify'), 'nothing to verify'),",
    replace: "worst(await new Map(), 'nothing to verify'),",
  },
  {
    name: 'forgets-an-undo',
    story: 'Restore forgets the newest effect',
    file: 'shared/steps/restore.ts',
    find: 'for (const effect of effects) {',
    replace: 'for (const effect of effects.slice(1)) {',
  },
  {
    name: 'goes-back-behind-a-promotion',
    story: 'Restore goes back although the point of no return has passed',
    file: 'shared/steps/restore.ts',
    find: 'if (promoted !== undefined) return',
    replace: 'if (promoted !== undefined && journals.length === 0) return',
  },
  {
    name: 'stop-believes-the-intent',
    story: 'Stop takes a promotion that was intended for one that has happened',
    file: 'shared/steps/promoted-as-seen.ts',
    find: 'return standBy.every((stands) => stands) ? undefined : told;',
    replace: 'return standBy.length < 0 ? undefined : told;',
    scenario: 'ended-before-promotion',
  },
  {
    name: 'stopped-is-recovered',
    story: 'Restore hands the charge over as if the run had recovered',
    file: 'shared/steps/restore.ts',
    find: "return closeRun(context, 'stopped',",
    replace: "return closeRun(context, 'recovered',",
  },
  {
    name: 'lag-read-as-none',
    story: 'whatever was measured of the loss is read as none',
    file: 'shared/kinds/rds-read-replica/loss.ts',
    find: 'const seconds = worst.seconds ?? 0;',
    replace: 'const seconds = 0 * (worst.seconds ?? 0);',
    scenario: 'lag-unknown',
  },
  {
    name: 'any-loss-will-do',
    story: 'whatever would be lost counts as within the RPO',
    file: 'shared/domain/loss.ts',
    find: "return seconds !== 'unknown' && seconds <= allowed;",
    replace: "return seconds !== 'unknown' && allowed >= 0;",
    scenario: 'lag-above-rpo',
  },
  {
    name: 'lock-without-condition',
    story: 'the run lock is taken without comparing it with what was read',
    file: lock,
    find: 'if (!(await table.put({ ...key, ...decided.next }, unchangedSince(lock)))) continue;',
    replace: 'if (!(await table.put({ ...key, ...decided.next })) && unchangedSince(lock)) continue;',
    scenario: 'started-twice',
  },
  {
    name: 'epoch-stands-still',
    story: 'a new run gets the epoch of the one before',
    file: opening,
    find: 'epoch: (lock?.epoch ?? 0) + 1, now, takenOver: current',
    replace: 'epoch: Math.max(1, lock?.epoch ?? 0), now, takenOver: current',
  },
  {
    name: 'takes-over-the-living',
    story: 'a run is taken over although it gives signs of life',
    file: opening,
    find: 'now - lock.heartbeatAt > wanted.staleAfterMs',
    replace: 'now - lock.heartbeatAt > 0 * wanted.staleAfterMs',
  },
  {
    name: 'no-cool-down',
    story: 'the next run opens right after the last one',
    file: opening,
    find: 'return last.endedAt + coolDownMs;',
    replace: 'return last.endedAt + 0 * coolDownMs;',
  },
  {
    name: 'deaf-to-the-kill-switch',
    story: 'runs open although a person has halted the application',
    file: 'shared/steps/halted.ts',
    find: 'if (halt === undefined) return undefined;',
    replace: "if (halt === undefined || halt.by !== '') return undefined;",
    scenario: 'halted',
  },
  {
    name: 'one-alarm-is-enough',
    story: 'a single signal confirms the incident',
    file: 'shared/domain/detection.ts',
    find: 'lackOf(signals, terms) === undefined;\n  let suspects',
    replace: 'signals.length > 0;\n  let suspects',
    scenario: 'unreachable-from-one',
  },
  {
    name: 'chain-forgets',
    story: 'every line of the journal is chained to the beginning',
    file: 'shared/coordination/journal.ts',
    find: 'previousHash: tip.hash',
    replace: 'previousHash: empty.hash',
  },
  {
    name: 'forgets-the-consumers',
    story: 'Isolate forgets the event sources of the Region being left',
    file: 'shared/kinds/event-source/index.ts',
    find: "phases: ['rest', 'isolate', 'flip-dns'],\n  spec",
    replace: "phases: ['rest', 'flip-dns'],\n  spec",
    scenario: 'consumers-follow',
  },
  {
    name: 'lets-consumers-wake',
    story: 'nobody puts the event sources to rest that woke up in the old primary',
    file: 'shared/kinds/event-source/index.ts',
    find: "phases: ['rest', 'isolate', 'flip-dns'],\n  spec",
    replace: "phases: ['isolate', 'flip-dns'],\n  spec",
    scenario: 'consumers-wake',
  },
  {
    name: 'leash-is-loose',
    story: 'a dry run sends what it should only write down',
    file: 'shared/aws/leash.ts',
    find: 'if (isReading(service, command) || exception({ service, command, input: args.input })) return next(args);',
    replace: 'if (isReading(service, command) || exception !== undefined) return next(args);',
    scenario: 'dry-run',
  },
  {
    name: 'traffic-the-wrong-way',
    story: 'the records are pointed to the Region being left',
    file: 'shared/kinds/route53-record/check.ts',
    find: 'Weight: isTo(set) ? WEIGHT_OF_ACTIVE : 0',
    replace: 'Weight: isTo(set) ? 0 : WEIGHT_OF_ACTIVE',
  },
  {
    name: 'no-watchdog',
    story: 'nobody takes over a run whose orchestrator is dead',
    file: 'shared/start/take-over.ts',
    find: 'if (patienceMs === undefined || silentMs <= patienceMs) return undefined;',
    replace: 'if (patienceMs === undefined || silentMs > 0) return undefined;',
    scenario: 'orchestrator-dies',
  },
  {
    name: 'never-grants',
    story: 'the lease is not handed to the Region being activated',
    file: 'shared/steps/promote.ts',
    find: 'return terms === undefined ?',
    replace: 'return terms !== null ?',
  },
  {
    name: 'critical-path-through-the-dead',
    story: 'the standby is looked for in the Region being left',
    file: 'shared/kinds/rds-read-replica/aws.ts',
    find: "{ to }: Run, outside: Outside): Promise<Facts['instance']> {\n  const found = await describe(spec[to.place].instance, to.region, outside);",
    replace:
      "{ from, to }: Run, outside: Outside): Promise<Facts['instance']> {\n  const found = await describe(spec[to.place].instance, from.region, outside);",
    scenario: 'region-lost',
  },
];
