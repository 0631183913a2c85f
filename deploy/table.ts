import { places } from '../shared/domain/run.ts';
import type { Resources } from './cloudformation.ts';
import { type Deployment, namesOf } from './deployment.ts';

/**
 * The coordination table, made once, by the stack of the primary Region, in all of them. `strong`: two replicas and a
 * witness that keeps the quorum when one Region is lost; a conditional write holds everywhere. `eventual`: the last writer
 * wins, so two Regions that cannot see each other may both open a run (docs/adr/0020).
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
export function tableResources(deployment: Deployment): Resources {
  const { parameters, plan, site } = deployment;
  if (site !== 'primary') return {};
  const strong = { MultiRegionConsistency: 'STRONG', GlobalTableWitnesses: [{ Region: plan.regions.witness }] };
  return {
    CoordinationTable: {
      Type: 'AWS::DynamoDB::GlobalTable',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: namesOf(deployment).table,
        BillingMode: 'PAY_PER_REQUEST',
        ...(parameters.consistency === 'strong'
          ? strong
          : { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } }),
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        // The key of AWS for DynamoDB in each Region: nobody can disable it.
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: places.map((place) => ({
          Region: plan.regions[place],
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        })),
      },
    },
  };
}
