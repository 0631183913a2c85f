/**
 * The door from serverless.yml to the code that derives a stack from the plan: `${file(deploy/serverless.cjs):…}`. osls
 * loads CommonJS only. It asks for the region and the parameters that were given on its command line.
 */
const names = ['consistency', 'encryption', 'dashboard', 'gameDaySubnets'];

module.exports = async ({ options, resolveVariable }) => {
  const parameters = names.map(async (name) => [name, await resolveVariable(`param:${name}`)]);
  const { loadDeployment } = await import('./load.ts');
  const { stackOf } = await import('./stack.ts');
  return stackOf(await loadDeployment(options.region, Object.fromEntries(await Promise.all(parameters))));
};
