/** pebble and its DNS server from Debian, on free ports, with what its users are used to: EAB, refused nonces, slow looks. */
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { freePort } from '../../scripts/debian.mjs'
import { until } from '../support/system.js'
import { startChallengeServer } from './challenge-server.js'
import { startChild, stopChild } from './children.js'
import { makeFolder, paste } from './programs.js'

export interface Pebble {
  folder: string
  directoryUrl: string
  /** PEM of the CA of its TLS. */
  caFile: string
  eabFile: string
  /** Where it looks for challenges. */
  httpPort: number
  tlsPort: number
  /** What names resolve by. */
  dns: string
  /** Sets DNS records: the API of pebble-challtestsrv. */
  dnsApi: string
  /** CN of the topmost issuer of each chain offered. */
  roots: () => Promise<string[]>
  stop: () => Promise<void>
}

const hmacKey = Buffer.from('an HMAC key for tests of 32 bytes').toString('base64url')

/** @param environment pebble's own variables, such as PEBBLE_WFE_NONCEREJECT */
export async function startPebble(environment: Record<string, string> = {}): Promise<Pebble> {
  const folder = makeFolder()
  const ports = {
    port: await freePort(),
    management: await freePort(),
    httpPort: await freePort(),
    tlsPort: await freePort(),
  }
  const { port, management, httpPort, tlsPort } = ports
  await makeTls(folder)
  writeConfig(folder, ports)
  const challenges = await startChallengeServer(folder)
  const { dns, api: dnsApi } = challenges
  const child = startChild(folder, 'pebble', ['-config', 'pebble.json', '-dnsserver', dns, '-strict'], {
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_ALTERNATE_ROOTS: '2',
    PEBBLE_AUTHZREUSE: '0',
    ...environment,
  })
  const [directoryUrl, caFile] = [`https://localhost:${port}/dir`, join(folder, 'tls-ca.pem')]
  await until(
    () => read(directoryUrl, caFile).catch(() => ''),
    (body) => body.includes('newOrder'),
  )
  const rootOf = async (index: number) => {
    const file = join(folder, `root${index}.pem`)
    writeFileSync(file, await read(`https://localhost:${management}/roots/${index}`, caFile))
    return new X509Certificate(readFileSync(file)).subject.replace(/^CN=/, '')
  }
  return {
    ...{
      folder,
      directoryUrl,
      caFile,
      eabFile: join(folder, 'eab.json'),
      httpPort,
      tlsPort,
      dns,
      dnsApi,
    },
    roots: () => Promise.all([0, 1, 2].map(rootOf)),
    stop: async () => {
      await stopChild(child)
      await challenges.stop()
    },
  }
}

/** A CA and a certificate for localhost; their keys live as long as the test. */
async function makeTls(folder: string): Promise<void> {
  const ec = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'
  await paste(folder, `openssl req -x509 ${ec} -keyout ca.key -out tls-ca.pem -subj /CN=tests`)
  await paste(
    folder,
    `openssl req -x509 ${ec} -keyout tls.key -out tls.pem -subj /CN=localhost -CA tls-ca.pem -CAkey ca.key -addext subjectAltName=DNS:localhost -addext basicConstraints=CA:FALSE`,
  )
}

function writeConfig(
  folder: string,
  ports: Record<'port' | 'management' | 'httpPort' | 'tlsPort', number>,
): void {
  const pebble = {
    listenAddress: `127.0.0.1:${ports.port}`,
    managementListenAddress: `127.0.0.1:${ports.management}`,
    certificate: 'tls.pem',
    privateKey: 'tls.key',
    httpPort: ports.httpPort,
    tlsPort: ports.tlsPort,
    ocspResponderURL: '',
    externalAccountBindingRequired: true,
    externalAccountMACKeys: { 'kid-1': hmacKey },
  }
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble }))
  writeFileSync(join(folder, 'eab.json'), JSON.stringify({ kid: 'kid-1', hmacKey }), { mode: 0o600 })
}

const read = (url: string, caFile: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { ca: readFileSync(caFile), agent: false }, (incoming) => {
      let body = ''
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
      incoming.on('end', () => resolve(body))
    }).on('error', reject)
  })
