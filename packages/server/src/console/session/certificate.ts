/** Sign-in by the client certificate of the TLS connection: its fingerprint names the operator. */
import { type PeerCertificate, TLSSocket } from 'node:tls'
import type { Request } from 'express'
import type { Environment } from '../../issuance/ports/environment.js'
import { ProblemError } from '../../problem/problem-error.js'
import { findOperatorByCertificate } from '../../store/operator-sign-in.js'
import { type OpenedSession, openSession } from './sessions.js'

function refuse(detail: string, ja: string): never {
  throw new ProblemError('signInRefused', detail, { ja })
}

/** Undefined without a certificate: a resumed connection counts as authorized without one too. */
const shownBy = (socket: TLSSocket): string | undefined =>
  (socket.getPeerCertificate() as Partial<PeerCertificate>).fingerprint256

/** SHA-256 of the certificate in lower hex, as operators.certificate_sha256 holds it. */
function fingerprintOf({ socket }: Request): string {
  // Unauthorized: of none of the configured CAs, or expired.
  const shown = socket instanceof TLSSocket && socket.authorized ? shownBy(socket) : undefined
  if (shown === undefined)
    refuse(
      'The browser showed no client certificate of a CA that is trusted here',
      '信頼する認証局のクライアント証明書が提示されていません。',
    )
  return shown.replaceAll(':', '').toLowerCase()
}

export async function signInByCertificate(env: Environment, request: Request): Promise<OpenedSession> {
  const fingerprint = fingerprintOf(request)
  return env.db.transaction().execute(async (trx) => {
    const operator = await findOperatorByCertificate(trx, fingerprint)
    if (!operator)
      refuse(
        `No operator has this certificate (SHA-256 ${fingerprint}); an administrator can register it`,
        `この証明書（SHA-256 ${fingerprint}）の登録担当者がいません。管理者に登録を依頼してください。`,
      )
    return openSession(env, trx, operator.id, 'certificate')
  })
}
