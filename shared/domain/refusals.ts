/**
 * Every reason for which a run may be refused: a closed list. A refusal leaves the process (journal, state machine,
 * CLI, page), so each code is public, documented in docs/refusals.md and provoked by a test.
 */
export const refusals = {
  halted: 'A person has stopped all automatic runs of this application. Lift that, or start by hand with force.',
  'cooling-down':
    'The last run is too recent for another one. Acknowledge it, or start by hand with force once you know why.',
  'nothing-to-take-over': 'The run to be taken over is not the one that holds the lock, or it is alive.',
  'run-active': 'Another run of this application is active. Wait for it, or take it over once its heartbeat is stale.',
  'wrong-machine': 'Each state machine serves its own purposes. Start the run in the one of that name.',
  'wrong-region': 'A run executes in the Region that it activates, so that it needs no other. Start it there.',
  'run-over': 'This run was opened before and has ended or was taken over. It is never opened again.',
  'region-not-in-charge':
    'The Region to leave is not the one in charge. Look at the active Region before starting again.',
  'not-confirmed': 'Too few independent signals agree that the Region has failed. Nothing was done.',
  'stale-epoch': 'A newer run has taken over. This one must not act any more.',
  'deadline-passed': 'The step did not settle before its deadline. Look at its last reason in the journal.',
  'dependency-refused': 'A resource that this one depends on was refused.',
  'isolation-unconfirmed': 'No fence of the failing Region could be confirmed, and the plan says to stop then.',
  'fence-unusable': 'What the plan names as a fence does not exist in the Region being left, or cannot serve as one.',
  'not-isolated': 'The journal holds no proof that the Region being left has stopped writing.',
  'point-of-no-return-passed':
    'Something that cannot be undone has happened: the run can only go forward. A person must look at it.',
  'approval-declined': 'A person has declined what the run asked for.',
  'approval-timeout': 'Nobody has answered what the run asked for in time.',
  'journal-broken': 'The journal was changed after it was written, so nothing can be concluded from it.',
  'hold-ended': 'A held run was ended: by a person, or because nobody decided in time.',
  'replica-not-found': 'The standby database does not exist in the Region to activate.',
  'replica-unusable': 'The standby database is in a state from which it cannot be promoted.',
  'not-replicable': 'RDS cannot build a replica of the database in charge as it is, or nothing tells how to.',
  'door-closed': 'The security group of the database lets nobody in, and no record tells whom it let in before.',
  'service-not-found': 'The service does not exist in the Region, or is being deleted.',
  'capacity-unknown': 'Neither a recorded capacity nor a minimum in the plan tells how many tasks are needed.',
  'zone-not-found': 'The hosted zone does not exist or its record does not match the plan.',
  'record-unusable': 'A record does not exist in the form that the plan declares, so it cannot be pointed safely.',
  'traffic-object-unusable': 'The object that moves traffic has no bucket, or holds what Understudy has not written.',
  'routing-control-not-found': 'A routing control of the plan does not exist in the cluster.',
  'safety-rule-violated': 'A safety rule of the cluster forbids the change, and the plan does not override it.',
  'already-home': 'The primary is in charge already. To move to the other Region as it is, start a switchover.',
  'home-not-well': 'The Region to return to has not been well for long enough. Wait until its alarms are quiet.',
  'plan-changed':
    'The plan is not the one of the last run. Look at the difference, then start with force and a reason.',
  'not-freezable': 'Without a write lease nothing can stop the writers of a healthy Region and let them go on.',
  'freeze-too-long': 'The move was not ready to promote before the freeze had to end. Writes go on where they were.',
  'not-synced': 'The journal holds no proof that the Region being activated has everything that was written.',
  'data-differs': 'The databases of the two Regions do not hold the same rows.',
  'replica-broken': 'The database of the Region at rest is no healthy replica, and this run does not rebuild it.',
  'event-source-unusable':
    'An event source does not exist, or is one that cannot be switched on and off as the plan says.',
  'verification-failed': 'The business transaction did not succeed in the Region to activate.',
} as const satisfies Record<string, string>;

export type Refusal = keyof typeof refusals;
