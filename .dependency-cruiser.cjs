/**
 * The arrows of ARCHITECTURE.md. A room may import itself and what its rule names, and nothing else: a new arrow needs a
 * new word here and its reason. tools/arrows.ts runs this and makes sure that every file was read.
 */
const npm = (...names) => names.map((name) => `^node_modules/${name}/`);
const core = (...names) => names.map((name) => `^(node:)?${name}$`);
const AWS_SDK = '^node_modules/@aws-sdk/';
const NODE_MODULES = '^node_modules/';
const ANY_CORE = '^(?!\\.)[a-z_/:]+$';

/** @param may regular expressions of all that the room may import besides what lies in the same room */
const room = (name, from, may, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { pathNot: may },
});

const never = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

const rooms = [
  room(
    'domain-is-pure',
    '^shared/domain/',
    ['^shared/domain/', ...npm('zod')],
    'The domain is decided and tested without any world: no SDK, no Node, none of the other rooms.',
  ),
  room(
    'aws-knows-only-the-domain',
    '^shared/aws/',
    [
      '^shared/(aws|domain)/',
      AWS_SDK,
      ...npm('@smithy/types', 'p-limit'),
      ...core('dns', 'dns/promises', 'http', 'https', 'net'),
    ],
    'The border to the outside serves every kind, so it can know none of them.',
  ),
  room(
    'coordination-knows-only-the-border',
    '^shared/coordination/',
    ['^shared/(coordination|domain|aws)/', AWS_SDK, ...npm('zod', 'canonicalize'), ...core('crypto')],
    'The lock and the journal must work whatever is recovered: they know no kinds and no steps.',
  ),
  room(
    'signals-know-only-the-border',
    '^shared/signals/',
    ['^shared/(signals|domain|aws)/', AWS_SDK, ...npm('zod')],
    'Detection is apart from recovery: what sees trouble must not depend on what repairs it.',
  ),
  room(
    'guard-knows-only-the-border',
    '^shared/guard/',
    ['^shared/(guard|domain|aws)/'],
    'The guard must keep the application writing whatever happens to runs: it knows no kinds and no steps.',
  ),
  room(
    'channels-know-only-the-border',
    '^shared/channels/',
    ['^shared/(channels|domain|aws)/', AWS_SDK],
    'A channel carries a finished message. What it says is the report’s business.',
  ),
  room(
    'start-knows-only-the-border',
    '^shared/start/',
    ['^shared/(start|domain|aws)/', AWS_SDK, ...npm('zod'), ...core('crypto')],
    'Starting a run is shared by trigger and CLI and must work when the steps are broken.',
  ),
  room(
    'plan-asks-kinds-only-through-the-registry',
    '^shared/plan/',
    ['^shared/(plan|domain)/', '^shared/kinds/(registry|contract|phases-of)\\.ts$', ...npm('zod', 'yaml')],
    'A plan is checked by each kind’s own schema, whichever kinds there are.',
  ),
  room(
    'report-is-pure',
    '^shared/report/',
    ['^shared/(report|domain)/', ...npm('zod')],
    'Journal in, text out: a report can be made again from the journal alone, anywhere.',
  ),
  room(
    'engine-knows-no-single-kind',
    '^shared/kinds/(?!registry\\.ts$)[^/]+\\.ts$',
    ['^shared/kinds/[^/]+\\.ts$', '^shared/(domain|aws)/', ...npm('zod', 'p-limit')],
    'One engine for every kind. Steps use kinds, never the other way round.',
  ),
  room(
    'registry-only-registers',
    '^shared/kinds/registry\\.ts$',
    ['^shared/kinds/contract\\.ts$', '^shared/kinds/[^/]+/index\\.ts$', '^shared/domain/'],
    'One lazy line a kind: a function loads only the SDK clients that its plan needs.',
  ),
  room(
    'decisions-see-no-world',
    '^shared/kinds/[^/]+/(?!(aws[a-z-]*|index)\\.ts$)[^/]+\\.ts$',
    [
      '^shared/kinds/[^/]+/(?!(aws[a-z-]*|index)\\.ts$)[^/]+\\.ts$',
      '^shared/kinds/contract\\.ts$',
      '^shared/domain/',
      ...npm('zod'),
    ],
    'Facts in, decision out: a decision that could reach AWS could not be tested as a table.',
  ),
  room(
    'a-border-of-a-kind-stays-its-own',
    '^shared/kinds/[^/]+/aws[a-z-]*\\.ts$',
    [
      '^shared/kinds/[^/]+/(?!(aws|index)\\.ts$)[^/]+\\.ts$',
      '^shared/kinds/contract\\.ts$',
      '^shared/(domain|aws)/',
      AWS_SDK,
      ...npm('zod', 'p-limit'),
      ...core('crypto'),
    ],
    'aws.ts and its parts (aws-….ts) turn calls into facts and actions into calls; they need the border and the types beside them.',
  ),
  room(
    'a-kind-is-five-files',
    '^shared/kinds/[^/]+/index\\.ts$',
    [
      '^shared/kinds/[^/]+/(aws|check|drift|spec)\\.ts$',
      '^shared/kinds/(contract|define-kind)\\.ts$',
      '^shared/domain/',
    ],
    'index.ts only puts the parts together.',
  ),
  room(
    'steps-see-neither-sdk-nor-lambda',
    '^shared/steps/',
    [
      '^shared/(steps|domain|coordination|signals|channels|guard|report|start)/',
      '^shared/kinds/[^/]+\\.ts$',
      '^shared/aws/outside\\.ts$',
      ...npm('zod'),
    ],
    'A step says which resources, in what order, behind which gate. It runs the same on AWS, in the lab and in a test.',
  ),
  room(
    'functions-only-wire',
    '^functions/',
    ['^functions/_lambda\\.ts$', '^shared/', ...npm('zod', '@middy/core'), ...core('fs/promises', 'timers/promises')],
    'What Lambda runs is wiring. It must not need the lab, the CLI or the tests, nor one handler another.',
  ),
  room(
    'cli-stands-on-shared',
    '^cli/',
    ['^(cli|shared|lab)/', NODE_MODULES, ANY_CORE],
    'The CLI shares rooms with the functions, but it is not one: it neither runs handlers nor knows tests.',
  ),
  room(
    'lab-stands-on-shared-and-functions',
    '^lab/',
    ['^(lab|shared|functions)/', '^deploy/bundles\\.ts$', NODE_MODULES, ANY_CORE],
    'The lab runs the deployed handlers themselves (docs/adr/0001-the-lab-runs-the-handlers.md), from source or as they are packaged (0029), but nothing else of ours.',
  ),
  room(
    'deploy-derives-from-plan-and-code',
    '^deploy/',
    [
      '^deploy/',
      '^shared/(domain|plan|aws)/',
      '^shared/kinds/(registry|contract|phases-of)\\.ts$',
      '^shared/signals/metrics\\.ts$',
      NODE_MODULES,
      ANY_CORE,
    ],
    'A stack follows from the plan and the kinds that it names. It knows no single kind, no step, and not what functions do.',
  ),
  room(
    'tools-stand-on-shared-lab-and-deploy',
    '^tools/',
    ['^(tools|shared|lab|deploy)/', NODE_MODULES, ANY_CORE],
    'Tools generate and measure; they are no part of what runs.',
  ),
  room(
    'verify-stands-on-what-is-packaged',
    '^verify/',
    ['^(verify|lab|shared)/', NODE_MODULES, ANY_CORE],
    'Software of others judges what is packaged. It may use the lab’s tools, but not the sources of what it judges.',
  ),
];

const others = [
  never(
    'no-kind-knows-another',
    'A kind that leans on another could not be removed, nor understood alone.',
    { path: '^shared/kinds/([^/]+)/' },
    { path: '^shared/kinds/[^/]+/', pathNot: '^shared/kinds/$1/' },
  ),
  never(
    'aws-of-a-kind-decides-nothing',
    'aws.ts may name the types of check.ts; calling it would mean deciding at the border.',
    { path: '^shared/kinds/[^/]+/aws[a-z-]*\\.ts$' },
    { path: '^shared/(kinds/[^/]+/check|domain/decision)\\.ts$', dependencyTypesNot: ['type-only'] },
  ),
  never(
    'contract-of-steps-names-the-outside-only-as-a-type',
    'Steps hand the outside on to kinds, signals and channels; they do not reach through it themselves.',
    { path: '^shared/steps/' },
    { path: '^shared/aws/', dependencyTypesNot: ['type-only'] },
  ),
  never(
    'coordination-is-handed-to-steps',
    'Steps see the lock and the journal as ports (shared/domain/ports.ts), so that a test can hand them others.',
    { path: '^shared/steps/' },
    { path: '^shared/coordination/', dependencyTypesNot: ['type-only'] },
  ),
  never(
    'commands-are-loaded-lazily',
    'Only `gameday` needs the lab. A plain import would load it, and its devDependencies, for every command.',
    { path: '^cli/', pathNot: '^cli/commands/' },
    { path: '^(lab|cli/commands)/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
  ),
  never(
    'only-tools-and-tests-know-the-deployment',
    'What runs must not depend on how it is deployed: the lab runs it without, unless it is to run what is packaged.',
    { pathNot: '^(deploy|tools|test)/|^lab/sandbox/bundle-functions\\.ts$' },
    { path: '^deploy/' },
  ),
  never(
    'nothing-imports-tests',
    'What is tested must not depend on its tests.',
    { pathNot: '^test/' },
    { path: '^test/' },
  ),
  never(
    'nothing-imports-tools',
    'Tools may come and go. Tests may ask a generator whether its output is current.',
    { pathNot: '^(tools|test)/' },
    { path: '^tools/' },
  ),
  never(
    'production-needs-no-devDependencies',
    'They are not packaged: the function would fail at its first start, in a disaster.',
    { path: '^(shared|functions)/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  ),
  never(
    'packages-are-declared',
    'A package that only happens to be installed vanishes with the next update.',
    {},
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  never('imports-resolve', 'An import that leads nowhere hides every arrow behind it.', {}, { couldNotResolve: true }),
  never(
    'no-circles',
    'Two modules that need each other at run time are one module, or lack a third. Types may point both ways.',
    {},
    { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  ),
  never(
    'no-orphans',
    'A module that neither imports nor is imported does nothing, except where a process starts.',
    {
      orphan: true,
      pathNot: ['\\.(test|d)\\.ts$', '^lab/gameday/[^/]+/(main|service)\\.ts$', '^deploy/lambda-credentials\\.ts$'],
    },
    {},
  ),
];

module.exports = {
  forbidden: [...rooms, ...others],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
