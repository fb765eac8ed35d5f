/** Signs what an ACME account sends (RFC 8555 §6.2, §7.3.4), ES256 by node:crypto. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'

export interface EabCredential {
  kid: string
  hmacKey: string
}

export interface SignedBody {
  protected: string
  payload: string
  signature: string
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export class AccountSigner {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  kid: string | undefined

  get jwk(): Record<string, unknown> {
    const { kty, crv, x, y } = this.#keys.publicKey.export({ format: 'jwk' })
    return { kty, crv, x, y }
  }

  /** @param payload undefined for POST-as-GET */
  sign(url: string, nonce: string, payload?: unknown): SignedBody {
    const who = this.kid === undefined ? { jwk: this.jwk } : { kid: this.kid }
    const header = encode({ alg: 'ES256', nonce, url, ...who })
    const body = payload === undefined ? '' : encode(payload)
    const key = { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' } as const
    const signature = sign('sha256', Buffer.from(`${header}.${body}`), key).toString('base64url')
    return { protected: header, payload: body, signature }
  }

  bind({ kid, hmacKey }: EabCredential, url: string): SignedBody {
    const header = encode({ alg: 'HS256', kid, url })
    const payload = encode(this.jwk)
    const signature = createHmac('sha256', Buffer.from(hmacKey, 'base64url'))
      .update(`${header}.${payload}`)
      .digest('base64url')
    return { protected: header, payload, signature }
  }
}
