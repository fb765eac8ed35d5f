/** Rows for tests, with real CSRs. Keys are made once for each test file that asks. */
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { Attribute, Pkcs10CertificateRequestGenerator } from '@peculiar/x509'

export type KeyName = 'rsa2048' | 'rsa3072' | 'p384' | 'p256'

const algorithms = {
  rsa2048: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  rsa3072: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 3072,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  p384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const

type Keys = Awaited<ReturnType<typeof webcrypto.subtle.generateKey>> & { privateKey: webcrypto.CryptoKey }
const keys = new Map<KeyName, Promise<Keys>>()

function keysOf(name: KeyName): Promise<Keys> {
  const known = keys.get(name) ?? webcrypto.subtle.generateKey(algorithms[name], true, ['sign', 'verify'])
  keys.set(name, known)
  return known
}

/** A CSR as column 7 holds it; the subject is in certificate order, C first, unless told; `attribute` is the type of one more. */
export async function makeCsr(
  commonName: string,
  { key = 'rsa2048', name, attribute }: { key?: KeyName; name?: string; attribute?: string } = {},
): Promise<string> {
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: name ?? `C=JP, ST=Tokyo, L=Chiyoda-ku, O=Example University, CN=${commonName}`,
      keys: (await keysOf(key)) as never,
      signingAlgorithm: algorithms[key],
      // Its value is a UTF8String of one letter.
      attributes: attribute ? [new Attribute(attribute, [Buffer.from('0c0178', 'hex')])] : [],
    },
    webcrypto,
  )
  return Buffer.from(request.rawData).toString('base64')
}

export const dn = (commonName: string) => `CN=${commonName},O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP`

export type RowChanges = Partial<Record<number, string>>

/** Columns are counted from 1. */
export const change = (row: readonly string[], changes: RowChanges): string[] =>
  row.map((field, index) => changes[index + 1] ?? field)

const server = (commonName: string, csr: string, profileId = '3') => [
  dn(commonName),
  profileId,
  '',
  '',
  '',
  '',
  csr,
  '国立 太郎',
  '情報基盤センター',
  'taro@example.ac.jp',
  commonName,
  'nginx 1.28',
  '',
]

export const serverIssue = async (commonName: string, changes: RowChanges = {}): Promise<string[]> =>
  change(server(commonName, changes[7] ?? (await makeCsr(commonName))), changes)

export const serverRenew = async (commonName: string, serial: string): Promise<string[]> =>
  serverIssue(commonName, { 4: serial })

export const serverRevoke = (commonName: string, serial: string, changes: RowChanges = {}): string[] =>
  change(
    [dn(commonName), '', '', serial, '4', '更新のため', '', '', '', 'taro@example.ac.jp', '', '', ''],
    changes,
  )

export const clientIssue = (changes: RowChanges = {}): string[] =>
  change(
    [
      'CN=u0012345.1,OU=Faculty of Science,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
      '13',
      '1',
      '',
      '',
      '',
      '',
      '国立 太郎',
      '情報基盤センター',
      'taro@example.ac.jp',
      '試験 花子',
      'cli-u0012345-1',
      '理学部',
      'hanako@example.ac.jp',
      '',
    ],
    changes,
  )

export const smimeIssue = (changes: RowChanges = {}): string[] =>
  change(
    clientIssue({
      1: 'CN=hanako@example.ac.jp,OU=No 1,O=Example University,L=Chiyoda-ku,ST=Tokyo,C=JP',
      2: '15',
      12: 'smime-u0012345-1',
    }),
    changes,
  )

export const acmeCreate = (commonName: string, changes: RowChanges = {}): string[] =>
  change(server(commonName, ''), changes)
