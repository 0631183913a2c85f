/** The Regions in which ARC gives each cluster an endpoint. */
export const clusterRegions = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1', 'ap-southeast-2'] as const;

/** @param name hexadecimal */
export const controlArn = (name: string): string =>
  `arn:aws:route53-recovery-control::123456789012:controlpanel/c0/routingcontrol/${name}`;
