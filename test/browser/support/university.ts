/**
 * A university that carries its files by hand, whose operators sign in with its identity provider or with
 * their certificates: a gateway of its own beside the simulator of the suite.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory, removeDirectory, startIn } from '../../support/system.js'
import { Authority } from './certificates.js'
import type { RunningGateway } from './console.js'
import { startProvider } from './provider.js'

export interface University extends Required<RunningGateway> {
  /** Where its authorities are: certificates.ts. */
  folder: string
  stop: () => Promise<void>
}

interface Files {
  issuer: string
  providerCa: string
  operatorsCa: string
  secret: string
  chain: string
}

const configuration = ({ issuer, providerCa, operatorsCa, secret, chain }: Files) => ({
  organisations: [
    {
      ...{ id: 'example', organizationName: 'Example University', domains: ['example.ac.jp'] },
      ...{ locality: 'Chiyoda-ku', stateOrProvince: 'Tokyo', issuanceSystem: 'hands' },
    },
  ],
  issuanceSystems: [{ id: 'hands', adapter: 'handoff', settleSeconds: 0, chainFiles: [chain] }],
  batching: { maxAgeSeconds: 0 },
  console: {
    clientCertificates: { caFile: operatorsCa },
    oidc: { name: '大学認証基盤', issuer, clientId: 'upki', clientSecretFile: secret, caFile: providerCa },
  },
})

/** CAs of the university, by name. */
export const authorities = { operators: 'operators-ca', others: 'others-ca', tls: 'tls-ca' } as const

/** @param simulator data directory of the suite's system */
export async function startUniversity(simulator: string): Promise<University> {
  const folder = makeDirectory()
  const [operators, tls] = [
    Authority.create(folder, authorities.operators),
    Authority.create(folder, authorities.tls),
  ]
  Authority.create(folder, authorities.others)
  const provider = await startProvider(tls.issue('idp', ['-addext', 'subjectAltName=IP:127.0.0.1']))
  const client = { id: 'upki', secret: 'a secret of the test, not of anybody' }
  const files = {
    issuer: provider.issuer,
    providerCa: tls.certFile,
    operatorsCa: operators.certFile,
    secret: join(folder, 'oidc-secret'),
    chain: join(simulator, 'simulator/chain-ecc.pem'),
  }
  writeFileSync(files.secret, client.secret, { mode: 0o600 })
  const config = join(folder, 'config.yaml')
  writeFileSync(config, JSON.stringify(configuration(files)))
  const directory = join(folder, 'data')
  mkdirSync(directory)
  const env = { UPKI_CONFIG: config }
  const system = await startIn(directory, env)
  provider.register({ ...client, redirectUri: `${system.url}/v1/session/oidc/callback` })
  const stop = async () => {
    await system.stop()
    await provider.close()
    removeDirectory(folder)
  }
  return { url: system.url, directory, env, folder, stop }
}
