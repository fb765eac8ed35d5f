/** Certificates as those of the G8 CA: a root that an older root has cross-signed. Source: docs/issuance-system.md. */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const makeKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

type Keys = Awaited<ReturnType<typeof makeKeys>>

interface Ca {
  name: string
  keys: Keys
}

const makeCa = async (name: string): Promise<Ca> => ({ name: `CN=${name}`, keys: await makeKeys() })

async function sign(issuer: Ca, subject: Pick<Ca, 'name'> & Pick<Keys, 'publicKey'>, isCa = true) {
  const certificate = await x509.X509CertificateGenerator.create({
    subject: subject.name,
    issuer: issuer.name,
    publicKey: subject.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 1000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [new x509.BasicConstraintsExtension(isCa, undefined, true)],
  })
  return `${certificate.toString('pem')}\n`
}

export interface CrossSigned {
  /** PEM of each. */
  issuing: string
  cross: string
  root: string
  leaf: string
}

export async function makeCrossSigned(): Promise<CrossSigned> {
  const [old, fresh, issuing] = await Promise.all(['Old Root', 'New Root', 'Issuing CA'].map(makeCa))
  if (!old || !fresh || !issuing) throw new Error('not made')
  const publicKeyOf = ({ name, keys }: Ca) => ({ name, publicKey: keys.publicKey })
  const leafKeys = await makeKeys()
  return {
    issuing: await sign(fresh, publicKeyOf(issuing)),
    cross: await sign(old, publicKeyOf(fresh)),
    root: await sign(fresh, publicKeyOf(fresh)),
    leaf: await sign(issuing, { name: 'CN=www.example.ac.jp', publicKey: leafKeys.publicKey }, false),
  }
}

/** @returns the paths, in the order of the texts */
export const writePems = (directory: string, ...pems: readonly string[]): string[] =>
  pems.map((pem, index) => {
    const path = join(directory, `ca-${index}.pem`)
    writeFileSync(path, pem)
    return path
  })
