/** Entry of every root command: sets up what is missing, then runs it. See README.md. */
import { join } from 'node:path'
import { checkMachine, fail, install, root, run, runBin, setUp } from './setup.mjs'

const script = (name) => run(process.execPath, [join(root, 'scripts', name), ...rest])
const vitest = (...projects) =>
  runBin('vitest', ['run', ...projects.flatMap((name) => ['--project', name]), ...rest])
const [command, ...rest] = process.argv.slice(2)

function check() {
  runBin('tsc', ['-p', 'tsconfig.tests.json'])
  runBin('tsc', ['-p', 'packages/console'])
  runBin('eslint', ['.', '--max-warnings', '0'])
  runBin('depcruise', ['packages', '--config', '.dependency-cruiser.cjs'])
  runBin('knip', [])
  runBin('redocly', ['lint', 'openapi/openapi.yaml', '--format', 'stylish'])
  runBin('prettier', ['--check', '.', '--log-level', 'warn'])
}

const commands = {
  build: () => {},
  demo: () => script('demo.mjs'),
  start: () => script('start.mjs'),
  simulator: () => run(process.execPath, [join(root, 'packages/simulator/dist/main.js'), ...rest]),
  test: () => vitest('unit', 'e2e'),
  check,
  bench: () =>
    run(process.execPath, [
      '--import',
      'tsx',
      '--conditions',
      'upki-source',
      join(root, 'test/bench/main.ts'),
      ...rest,
    ]),
  'test:services': () => script('test-services.mjs'),
  'test:installers': () => script('test-installers.mjs'),
  'test:interop': () => script('test-interop.mjs'),
  'test:faults': () => script('test-faults.mjs'),
  'test:browser': () => script('test-browser.mjs'),
  screenshots: () => script('screenshots.mjs'),
}

if (!(command in commands)) fail(`Unknown command ${command}. Known: ${Object.keys(commands).join(', ')}`)
checkMachine()
install()
setUp()
commands[command]()
