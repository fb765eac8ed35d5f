/**
 * The simulator's certification authorities: a root and the two issuing CAs that UPKI
 * has for server certificates, named so that nobody takes them for the real ones.
 *
 * Keys are made at the first start and stay in the data directory (ca/, mode 0600);
 * root.pem and the two chain files lie beside it for whoever verifies.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
  type KeyObject,
} from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readOrMake, writeFileAtomic } from '../storage/files.js'
import * as extensions from './extensions.js'
import { distinguishedName } from './names.js'
import { randomSerial, signCertificate, toPem, type Signer } from './sign.js'

export type IssuerId = 'rsa' | 'ecc'
type AuthorityId = IssuerId | 'root'

interface Authority extends Signer {
  pem: string
  certificate: Buffer
  keyIdentifier: Buffer
}

export type Hierarchy = Record<AuthorityId, Authority>

const commonNames: Record<AuthorityId, string> = {
  root: 'Simulator Root CA',
  rsa: 'Simulator Open Domain CA - G8 RSA',
  ecc: 'Simulator Open Domain CA - G7 ECC',
}

const nameOf = (id: AuthorityId) =>
  distinguishedName([
    ['C', 'JP'],
    ['O', 'UPKI Gateway Simulator'],
    ['CN', commonNames[id]],
  ])

const lifetimeDays = 3652

export const newKeyPem = (kind: 'rsa' | 'secp384r1' | 'prime256v1'): string => {
  const { privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: kind })
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

export const publicKeyInfoOf = (privateKey: KeyObject): Buffer =>
  createPublicKey(privateKey).export({ format: 'der', type: 'spki' })

async function certify(id: AuthorityId, privateKey: KeyObject, issuer: Signer, now: Date): Promise<string> {
  const publicKeyInfo = publicKeyInfoOf(privateKey)
  const certificate = await signCertificate(
    {
      serial: randomSerial(),
      subject: nameOf(id),
      publicKeyInfo,
      notBefore: now,
      notAfter: new Date(now.getTime() + lifetimeDays * 86_400_000),
      extensions: [
        extensions.certificateAuthority(id === 'root' ? 1 : 0),
        extensions.keyUsage('keyCertSign', 'cRLSign'),
        extensions.subjectKeyIdentifier(publicKeyInfo),
        extensions.authorityKeyIdentifier(extensions.keyIdentifier(publicKeyInfoOf(issuer.privateKey))),
      ],
    },
    issuer,
  )
  return toPem('CERTIFICATE', certificate)
}

async function loadAuthority(
  directory: string,
  id: AuthorityId,
  now: Date,
  root?: Signer,
): Promise<Authority> {
  const keyPem = readOrMake(join(directory, `${id}.key`), () => newKeyPem(id === 'ecc' ? 'secp384r1' : 'rsa'))
  const privateKey = createPrivateKey(keyPem)
  const name = nameOf(id)
  const made = await certify(id, privateKey, root ?? { name, privateKey }, now)
  const pem = readOrMake(join(directory, `${id}.pem`), () => made)
  const certificate = new X509Certificate(pem).raw
  return {
    name,
    privateKey,
    pem,
    certificate,
    keyIdentifier: extensions.keyIdentifier(publicKeyInfoOf(privateKey)),
  }
}

/** Loads the authorities of a data directory, making what is missing. */
export async function loadHierarchy(dataDirectory: string, now: Date): Promise<Hierarchy> {
  const directory = join(dataDirectory, 'ca')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const root = await loadAuthority(directory, 'root', now)
  const rsa = await loadAuthority(directory, 'rsa', now, root)
  const ecc = await loadAuthority(directory, 'ecc', now, root)
  writeFileAtomic(join(dataDirectory, 'root.pem'), root.pem)
  writeFileAtomic(join(dataDirectory, 'chain-rsa.pem'), rsa.pem)
  writeFileAtomic(join(dataDirectory, 'chain-ecc.pem'), ecc.pem)
  return { root, rsa, ecc }
}
