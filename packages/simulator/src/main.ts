/**
 * `upki-simulator`: the stand-in for the issuance system as a program of its own.
 *
 * Exit status: 0 stopped by a signal, 1 could not start or go on, 2 wrong usage.
 */
import { parseArgs } from 'node:util'
import { KnobError, type KnobChanges } from './knobs/knobs.js'
import { readOrganisations } from './organisations/organisation.js'
import { startSimulator } from './simulator/index.js'
import { StartError } from './storage/start-error.js'

const usage = `Usage: upki-simulator [options]

Stand in for UPKI's issuance system: the operator's screens over mutual TLS, its
checks, its certification authorities and its reports. Nothing leaves this machine,
and no certificate it issues is worth anything outside.

  --listen <host:port>      where to listen; port 0 picks a free one
                            (default: 127.0.0.1:0)
  --data-dir <directory>    what it keeps: keys, certificates, applications
                            (default: ./var/simulator)
  --connection-file <file>  where to write how to log in
                            (default: simulator.json in the data directory)
  --organisations <file>    JSON list of organisations (default: Example University)
  --knobs <json>            for example '{"latencyMs":0}'
  --help                    this text

Once ready it writes the connection file: its URL, and the certificate and key
that log an operator in. SIGINT or SIGTERM stops it.

Exit status: 0 stopped, 1 could not start or go on, 2 wrong usage
`

class UsageError extends Error {
  override name = 'UsageError'
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        listen: { type: 'string', default: '127.0.0.1:0' },
        'data-dir': { type: 'string', default: './var/simulator' },
        'connection-file': { type: 'string' },
        organisations: { type: 'string' },
        knobs: { type: 'string', default: '{}' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}

/** The simulator asks for no password beyond a file on this machine, so it stays on this machine. */
function parseListen(text: string): { host: string; port: number } {
  const [, host, port] = /^(127\.[0-9.]+|localhost):([0-9]{1,5})$/.exec(text) ?? []
  if (host === undefined || Number(port) > 65_535)
    throw new UsageError(`--listen ${text}: give a loopback address and a port, such as 127.0.0.1:8444`)
  return { host, port: Number(port) }
}

function parseKnobs(text: string): KnobChanges {
  try {
    return JSON.parse(text) as KnobChanges
  } catch (cause) {
    throw new UsageError(`--knobs is not JSON: ${(cause as Error).message}`, { cause })
  }
}

async function main(): Promise<void> {
  const values = readArguments()
  if (values.help) return void process.stdout.write(usage)
  const simulator = await startSimulator({
    ...parseListen(values.listen),
    dataDir: values['data-dir'],
    connectionFile: values['connection-file'],
    knobs: parseKnobs(values.knobs),
    onFailure: fail,
    ...(values.organisations === undefined ? {} : { organisations: readOrganisations(values.organisations) }),
  })
  console.log(`The simulator is ready at ${simulator.url}; log in with ${simulator.certFile}`)
  const stop = () => void simulator.stop().then(() => process.exit(0), fail)
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Started by another program, it ends with it.
  process.once('disconnect', stop)
  process.send?.({ ready: simulator.url })
}

function fail(error: unknown): never {
  const isUsage = error instanceof UsageError || error instanceof KnobError
  const isExpected = isUsage || error instanceof StartError
  console.error(isExpected ? error.message : error)
  process.exit(isUsage ? 2 : 1)
}

main().catch(fail)
