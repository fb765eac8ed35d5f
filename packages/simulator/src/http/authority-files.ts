/** /ca/…: certificates and revocation lists of the authorities, for everyone. */
import type { Hierarchy } from '../ca/hierarchy.js'
import { signEmptyRevocationList } from '../ca/sign.js'
import { PageError, type Exchange } from './exchange.js'

interface AuthorityFile {
  type: string
  content: () => Buffer | string | Promise<Buffer>
}

const pem = (text: string): AuthorityFile => ({ type: 'application/x-pem-file', content: () => text })
const certificate = (content: Buffer): AuthorityFile => ({
  type: 'application/pkix-cert',
  content: () => content,
})

const listLifetimeMs = 7 * 86_400_000

/** Lists are signed when asked for; they have no entries yet. */
const revocationList = (issuer: Hierarchy['rsa']): AuthorityFile => ({
  type: 'application/pkix-crl',
  content: () => {
    const now = new Date()
    return signEmptyRevocationList(issuer, now, new Date(now.getTime() + listLifetimeMs))
  },
})

export class AuthorityFiles {
  private readonly files: Readonly<Record<string, AuthorityFile>>

  constructor({ root, rsa, ecc }: Hierarchy) {
    this.files = {
      '/ca/root.pem': pem(root.pem),
      '/ca/chain-rsa.pem': pem(rsa.pem),
      '/ca/chain-ecc.pem': pem(ecc.pem),
      '/ca/root.cer': certificate(root.certificate),
      '/ca/rsa.cer': certificate(rsa.certificate),
      '/ca/ecc.cer': certificate(ecc.certificate),
      '/ca/rsa.crl': revocationList(rsa),
      '/ca/ecc.crl': revocationList(ecc),
    }
  }

  async handle({ path, response }: Exchange): Promise<void> {
    const file = this.files[path]
    if (!file) throw new PageError(404, 'エラー', 'ファイルが存在しません。')
    response.writeHead(200, { 'Content-Type': file.type }).end(await file.content())
  }
}
