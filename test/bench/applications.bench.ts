/** Checking and encoding 10,000 JSON applications with real CSRs, beside the bare signature checks. */
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { fromJson } from '@upki-gateway/shared/application'
import { checkApplications, completeApplications } from '@upki-gateway/shared/check'
import { organisation } from '@upki-gateway/shared/testing'
import { encodeTsv, rowsPerFile } from '@upki-gateway/shared/tsv'
import { type RawCsr, signCsr } from './sign-csr.js'
import { peakMemoryMiB, ratePerSecond, type Result } from './result.js'

const ROWS = 10_000

interface Row {
  json: unknown
  csr: RawCsr
}

/** A key for each row of a file: more would take minutes to make and change nothing of the work. */
function makeRows(): Row[] {
  const keys = Array.from({ length: rowsPerFile }, () => generateKeyPairSync('rsa', { modulusLength: 2048 }))
  return Array.from({ length: ROWS }, (_, index) => {
    const fqdn = `host${index}.example.ac.jp`
    const csr = signCsr(keys[index % keys.length]!, fqdn)
    const json = {
      kind: 'server-issue',
      csr: csr.der.toString('base64'),
      subscriberName: '国立 太郎',
      subscriberDepartment: '情報基盤センター',
      subscriberEmail: 'taro@example.ac.jp',
      software: 'nginx 1.26',
      dnsNames: [fqdn, `www.${fqdn}`],
    }
    return { json, csr }
  })
}

const filesOf = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / rowsPerFile) }, (_, index) =>
    rows.slice(index * rowsPerFile, (index + 1) * rowsPerFile),
  )

function checkAndEncode(bodies: readonly string[]): number {
  let bytes = 0
  for (const body of bodies) {
    const inputs = (JSON.parse(body) as unknown[]).map((value, index) => {
      const input = fromJson(value, index + 1)
      if (Array.isArray(input)) throw new Error(JSON.stringify(input))
      return input
    })
    const context = { organisation, profiles: ['3', '11'] }
    const { applications } = completeApplications(inputs, context)
    const errors = checkApplications(applications, context).filter(({ grade }) => grade === 'error')
    if (errors.length > 0) throw new Error(JSON.stringify(errors[0]))
    bytes += encodeTsv(applications).length
  }
  return bytes
}

/** The floor: parse the public key and check the signature, nothing else. */
function verifyAll(csrs: readonly RawCsr[]): void {
  for (const { info, signature, spki } of csrs) {
    const key: KeyObject = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    if (!verify('sha256', info, key, signature)) throw new Error('A signature is wrong')
  }
}

export async function run(): Promise<Result[]> {
  const rows = makeRows()
  const bodies = filesOf(rows.map(({ json }) => json)).map((file) => JSON.stringify(file))
  const floor = await ratePerSecond(ROWS, () => verifyAll(rows.map(({ csr }) => csr)))
  const rate = await ratePerSecond(ROWS, () => checkAndEncode(bodies))
  return [
    {
      name: 'check and encode 10,000 JSON applications, RSA CSRs',
      value: rate,
      unit: 'rows/s',
      beside: { name: 'bare signature checks by node:crypto', value: floor },
      peakMemoryMiB: peakMemoryMiB(),
    },
  ]
}
