#!/usr/bin/env node
/** Starts the gateway and stops it on SIGTERM, SIGINT, or when the process that supervises it is gone. */
import { type Config, loadConfig } from './config.js'
import { LINK_MINUTES, makeLink } from './console/session/link.js'
import type { Role } from './core.js'
import { explainFailure } from './explain-failure.js'
import { openVault } from './files/secret-key.js'
import { type Gateway, startGateway } from './gateway.js'
import { makeLogger } from './logger.js'
import { runVerification } from './run-verification.js'

const usage = `Usage: upki-gateway [api | worker]
       upki-gateway verify-audit [POSITION:HASH]...
       upki-gateway login-link [E-MAIL]

Run the UPKI gateway until it is stopped. Without a word it does everything in one
process; api answers requests, worker does what is due: with UPKI_DATABASE_URL any
number of both share the work. login-link prints a link that signs the operator with
this address, or else the first administrator, in to the web console, once. Settings come from the environment: docs/operations.md.

verify-audit computes the hash chain of the audit log again and says whether it is
whole, and, of every POSITION:HASH that was noted earlier, whether it is the same chain.
With the embedded store the gateway has to be stopped for that.

Exit status: 0 stopped, or the audit log is whole; 1 could not start, or it is not;
2 wrong usage
`

type Command =
  | { run: 'gateway'; role: Role }
  | { run: 'login-link'; email?: string }
  | { run: 'verify-audit'; points: readonly string[] }

function readCommand([word, ...rest]: readonly string[]): Command {
  if (word === '--help' || word === '-h') {
    process.stdout.write(usage)
    process.exit(0)
  }
  if (word === 'verify-audit') return { run: word, points: rest }
  if (word === 'login-link' && rest.length <= 1) return { run: word, ...(rest[0] && { email: rest[0] }) }
  if (rest.length === 0 && (word === undefined || word === 'api' || word === 'worker'))
    return { run: 'gateway', role: word ?? 'all' }
  process.stderr.write(usage)
  process.exit(2)
}

function fail(error: unknown, config?: Config): never {
  console.error(explainFailure(error, config))
  process.exit(1)
}

function stopWhenAsked(gateway: Gateway): void {
  let stopping = false
  const stop = () => {
    if (stopping) process.exit(1)
    stopping = true
    void gateway.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop)
}

function readConfig(): Config {
  try {
    return loadConfig(process.env)
  } catch (error) {
    return fail(error)
  }
}

async function runGateway(config: Config, role: Role): Promise<void> {
  const gateway = await startGateway(config, makeLogger(config), role)
  stopWhenAsked(gateway)
  console.log(`UPKI gateway listening on ${gateway.url}`)
  const link = await gateway.firstLink()
  if (link !== undefined)
    console.log(`Sign in to the web console, once, within ${LINK_MINUTES} minutes:\n${link}`)
  process.send?.({ ready: gateway.url })
}

/** Needs the data directory's key only, so a running gateway does not stand in its way. */
async function printLink({ dataDirectory, listen, console: { externalUrl } }: Config, email?: string) {
  const url = externalUrl ?? `https://${listen.host}:${listen.port}`
  console.log(makeLink(await openVault(dataDirectory), url, { now: new Date(), email }))
}

const command = readCommand(process.argv.slice(2))
const config = readConfig()
try {
  if (command.run === 'gateway') await runGateway(config, command.role)
  else if (command.run === 'login-link') await printLink(config, command.email)
  else process.exit(await runVerification(config, command.points))
} catch (error) {
  fail(error, config)
}
