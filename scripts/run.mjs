/** Entry of every root command: sets up what is missing, then runs it. See README.md. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkMachine, fail, install, root, run, runBin, setUp } from './setup.mjs'

const script = (name) => run(process.execPath, [join(root, 'scripts', name), ...rest])
const vitest = (...projects) =>
  runBin('vitest', ['run', ...projects.flatMap((name) => ['--project', name]), ...rest])
const [command, ...rest] = process.argv.slice(2)

/** Beside the others, since it takes as long as all of them; what it gives back shows what it found, and makes its status ours. */
function lintBeside() {
  const lint = spawn(join(root, 'node_modules', '.bin', 'eslint'), ['.', '--max-warnings', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  })
  process.on('exit', () => lint.kill())
  return () => {
    lint.stdout.pipe(process.stdout)
    lint.on('error', (error) => fail(`eslint could not be started: ${error.message}`))
    lint.on('exit', (status) => (process.exitCode = status ?? 1))
  }
}

function check() {
  const tellLint = lintBeside()
  runBin('tsc', ['-p', 'tsconfig.tests.json'])
  runBin('tsc', ['-p', 'packages/console'])
  runBin('depcruise', ['packages', '--config', '.dependency-cruiser.cjs'])
  runBin('knip', [])
  runBin('redocly', ['lint', 'openapi/openapi.yaml', '--format', 'stylish'])
  runBin('prettier', ['--check', '.', '--log-level', 'warn'])
  tellLint()
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
