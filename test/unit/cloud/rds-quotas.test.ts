import { DescribeAccountAttributesCommand, RDSClient } from '@aws-sdk/client-rds';
import { expect, test } from 'vitest';
import { connect, makeBench, recovery } from './support.ts';

test('an account shows what it has and may have in a Region', async () => {
  const { world } = makeBench();
  const rds = world.rds(recovery);
  rds.seedInstance({ DBInstanceIdentifier: 'orders' });
  rds.setQuota('DBInstances', 1);
  const answer = await connect(RDSClient, world, { region: recovery }).send(new DescribeAccountAttributesCommand());
  expect(answer.AccountQuotas).toEqual([
    { AccountQuotaName: 'DBInstances', Used: 1, Max: 1 },
    { AccountQuotaName: 'ManualSnapshots', Used: 0, Max: 100 },
  ]);
});
