/** What no server can do without: the cryptography of a request and of an issuance, and one write to the disk. */
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Milliseconds of processor that one call takes. */
function costMs(times: number, work: () => unknown): number {
  work()
  const before = process.cpuUsage()
  for (let time = 0; time < times; time++) work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / times
}

export interface Floors {
  /** Checking one ES256 signature. */
  signatureMs: number
  /** Checking the CSR twice (gateway, CA) and signing the certificate, RSA 2048. */
  certificateMs: number
  /** Wall clock, not processor: one write with fdatasync. */
  syncMs: number
}

function timeSync(directory: string): number {
  const file = openSync(join(directory, 'sync'), 'a')
  const begin = performance.now()
  const times = 50
  for (let time = 0; time < times; time++) {
    writeSync(file, Buffer.alloc(8192))
    fdatasyncSync(file)
  }
  closeSync(file)
  return (performance.now() - begin) / times
}

export function measureFloors(directory: string): Floors {
  const text = Buffer.alloc(600)
  const account = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const dsaEncoding = 'ieee-p1363'
  const request = sign('sha256', text, { key: account.privateKey, dsaEncoding })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const csr = sign('sha256', text, rsa.privateKey)
  const key = { key: account.publicKey, dsaEncoding } as const
  return {
    signatureMs: costMs(500, () => verify('sha256', text, key, request)),
    certificateMs: costMs(200, () => {
      verify('sha256', text, rsa.publicKey, csr)
      verify('sha256', text, rsa.publicKey, csr)
      sign('sha256', text, rsa.privateKey)
    }),
    syncMs: timeSync(directory),
  }
}
