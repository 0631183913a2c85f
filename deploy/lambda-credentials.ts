/**
 * What the bundles have instead of the SDK's whole chain of credential providers: Lambda hands them over in the
 * environment. Without the others no function can come to ask STS, a profile or an instance for them, in any Region.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (AWS_ACCESS_KEY_ID …)
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
