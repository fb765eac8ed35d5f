/** A gateway whose organisation has every name shown by a challenge, in the DNS of pebble-challtestsrv. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../scripts/debian.mjs'
import { startSimulator } from '../../scripts/processes.mjs'
import { makeDirectory, removeDirectory, startIn, type TestSystem } from '../support/system.js'
import { type ChallengeServer, startChallengeServer } from './challenge-server.js'
import { makeCsr, makeFolder, type Outcome, runLego } from './programs.js'

export interface ChallengeGateway {
  system: TestSystem
  challenges: ChallengeServer
  folder: string
  /** Where the gateway looks for http-01; the challenge server listens there on 127.0.0.1. */
  httpPort: number
  /** Where it looks for tls-alpn-01. */
  tlsPort: number
  /** A program for the hooks of certbot, lego and dehydrated that tells the challenge server. */
  hook: string
  stop(): Promise<void>
}

type Ports = Pick<ChallengeGateway, 'httpPort' | 'tlsPort'>

const configuration = (directory: string, { dns }: ChallengeServer, ports: Ports) => ({
  organisations: [
    {
      ...{ id: 'example', organizationName: 'Example University', domains: ['example.ac.jp'] },
      ...{ locality: 'Chiyoda-ku', stateOrProvince: 'Tokyo', issuanceSystem: 'simulator' },
      authorization: 'challenge',
    },
  ],
  issuanceSystems: [
    {
      ...{ id: 'simulator', adapter: 'screens', reportIntervalSeconds: 0.5 },
      credentialsFile: join(directory, 'simulator.json'),
      chainFiles: [join(directory, 'simulator/chain-rsa.pem'), join(directory, 'simulator/chain-ecc.pem')],
    },
  ],
  batching: { maxAgeSeconds: 0 },
  acme: { validation: { resolvers: [dns], allowedNetworks: ['127.0.0.0/8'], ...ports } },
})

/** certbot speaks by its environment, lego and dehydrated by arguments. */
const hookOf = (api: string) => `#!/bin/sh
set -e
tell() { curl -fsS -o /dev/null -d "$2" "${api}/$1"; }
record() { tell set-txt "{\\"host\\": \\"$1\\", \\"value\\": \\"$2\\"}"; }
case "\${1:-certbot}" in
  certbot)
    if [ -n "$CERTBOT_TOKEN" ]
    then tell add-http01 "{\\"token\\": \\"$CERTBOT_TOKEN\\", \\"content\\": \\"$CERTBOT_VALIDATION\\"}"
    else record "_acme-challenge.$CERTBOT_DOMAIN." "$CERTBOT_VALIDATION"
    fi ;;
  present) record "$2" "$3" ;;
  deploy_challenge) record "_acme-challenge.$2." "$4" ;;
esac
`

function writeHook(folder: string, api: string): string {
  const hook = join(folder, 'hook')
  writeFileSync(hook, hookOf(api))
  chmodSync(hook, 0o755)
  return hook
}

export async function startChallengeGateway(): Promise<ChallengeGateway> {
  const [directory, folder] = [makeDirectory(), makeFolder()]
  const ports = { httpPort: await freePort(), tlsPort: await freePort() }
  const challenges = await startChallengeServer(folder, `127.0.0.1:${ports.httpPort}`)
  const simulator = await startSimulator(directory, { env: process.env, stdout: 'ignore' })
  const config = join(folder, 'config.yaml')
  writeFileSync(config, JSON.stringify(configuration(directory, challenges, ports)))
  const system = await startIn(directory, { UPKI_CONFIG: config })
  const stop = async () => {
    await system.stop()
    simulator.child.kill('SIGTERM')
    await challenges.stop()
    removeDirectory(directory)
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...{ system, challenges, folder, ...ports, stop }, hook: writeHook(folder, challenges.api) }
}

/** Where a name leads. */
export const pointAt = ({ challenges }: ChallengeGateway, name: string, address: string): Promise<void> =>
  challenges.call('add-a', { host: `${name}.`, addresses: [address] })

/** lego, with a CSR for the name. */
export async function orderByLego(
  gateway: ChallengeGateway,
  name: string,
  args: readonly string[],
): Promise<Outcome> {
  const csr = await makeCsr(gateway.folder, `${name}.csr`, [name])
  const place = { ...gateway, env: { EXEC_PATH: gateway.hook } }
  return runLego(place, ['--cert.timeout', '300', '--csr', csr, ...args])
}
