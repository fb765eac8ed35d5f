/**
 * `npm run demo`: one certificate from nothing. Starts the gateway and the
 * simulator, lets upki-client obtain a certificate, shows and verifies it, stops.
 */
import { spawn, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSystem } from './processes.mjs'
import { fail, root } from './setup.mjs'

const directory = join(root, 'var', 'demo')
const gatewayDirectory = join(directory, 'gateway')
const clientDirectory = join(directory, 'client')
const names = ['www.example.ac.jp', 'web.example.ac.jp']

const step = (text) => console.log(`\n== ${text}`)

/** Runs the client with its progress shown. */
function runClient(args) {
  const file = join(root, 'packages', 'client', 'dist', 'upki-client.js')
  console.log(`upki-client ${args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg)).join(' ')}`)
  return new Promise((resolve) => {
    spawn(process.execPath, [file, ...args], {
      stdio: 'inherit',
      env: { ...process.env, UPKI_CLIENT_CONFIG_DIR: '' },
    }).on('exit', resolve)
  })
}

const clientArguments = (url) => [
  'certonly',
  ...names.flatMap((name) => ['-d', name]),
  ...['--server', `${url}/acme/directory`],
  ...['--ca-file', join(gatewayDirectory, 'ca.pem')],
  ...['--eab-file', join(gatewayDirectory, 'eab.json')],
  ...['--config-dir', clientDirectory],
  ...['--work-dir', join(clientDirectory, 'work')],
  ...['--logs-dir', join(clientDirectory, 'logs')],
  ...['--software', 'nginx 1.26', '--agree-tos', '--force-renewal'],
]

function show(live) {
  const certificate = new X509Certificate(readFileSync(join(live, 'cert.pem')))
  const chain =
    readFileSync(join(live, 'chain.pem'), 'utf8').match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []
  const oneLine = (name) => name.split('\n').join(', ')
  console.log(`Subject    ${oneLine(certificate.subject)}
Names      ${certificate.subjectAltName}
Serial     ${BigInt(`0x${certificate.serialNumber}`)} (0x${certificate.serialNumber.toLowerCase()})
Validity   ${certificate.validFrom} to ${certificate.validTo}
Issuer     ${oneLine(certificate.issuer)}`)
  for (const pem of chain) console.log(`Chain      ${oneLine(new X509Certificate(pem).subject)}`)
  for (const file of ['privkey.pem', 'cert.pem', 'chain.pem', 'fullchain.pem'])
    console.log(`File       ${join(live, file)}`)
}

function verify(live) {
  const rootFile = join(gatewayDirectory, 'simulator', 'root.pem')
  const args = [
    'verify',
    '-CAfile',
    rootFile,
    '-untrusted',
    join(live, 'chain.pem'),
    '-purpose',
    'sslserver',
    '-verify_hostname',
    names[0],
    join(live, 'cert.pem'),
  ]
  console.log(`openssl ${args.join(' ')}`)
  const { error, status } = spawnSync('openssl', args, { stdio: 'inherit' })
  if (error)
    console.log(
      'SKIPPED: openssl is not on this machine. Install it to have the chain verified by a second program.',
    )
  else if (status !== 0) throw new Error('openssl does not accept the certificate')
}

async function obtain(system) {
  step(`Obtaining a certificate for ${names.join(' and ')}`)
  const code = await runClient(clientArguments(system.url))
  if (code !== 0) throw new Error(`upki-client ended with exit code ${code}`)
  const live = join(clientDirectory, 'live', names[0])
  step('The certificate')
  show(live)
  step("Verifying against the simulator's root")
  verify(live)
}

mkdirSync(directory, { recursive: true })
step('Starting the simulator of the issuance system and the gateway')
const env = {
  ...process.env,
  UPKI_DATA_DIR: gatewayDirectory,
  UPKI_LISTEN: '127.0.0.1:0',
  UPKI_LOG_LEVEL: 'warn',
  UPKI_CONFIG: '',
  UPKI_DATABASE_URL: '',
  UPKI_REDIS_URL: '',
}
const system = await startSystem({ env, stdout: 'inherit' }).catch((error) => fail(error.message))
process.on('SIGINT', () => void system.stop().then(() => process.exit(130)))
try {
  await obtain(system)
} catch (error) {
  console.error(`\nThe demo failed: ${error.message}`)
  process.exitCode = 1
}
step('Stopping')
await system.stop()
if (!process.exitCode)
  console.log('Done. `npm start` keeps the gateway running; README.md tells what to do next.')
process.exit()
