/** Certificates of people and servers, made when the test starts. */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Identity {
  cert: Buffer
  key: Buffer
  /** Where the certificate is. */
  certFile: string
  /** SHA-256 in hexadecimal, as the gateway knows operators by. */
  fingerprint: string
}

export class Authority {
  private constructor(
    private readonly folder: string,
    readonly certFile: string,
  ) {}

  /** One that was created before, maybe by another process. */
  static open(folder: string, name: string): Authority {
    return new Authority(folder, join(folder, `${name}.pem`))
  }

  static create(folder: string, name: string): Authority {
    const authority = Authority.open(folder, name)
    authority.#openssl(name, ['-subj', `/CN=${name}`])
    return authority
  }

  /** @param more such as alternative names */
  issue(name: string, more: readonly string[] = []): Identity {
    const ca = ['-CA', this.certFile, '-CAkey', this.certFile.replace(/pem$/, 'key')]
    this.#openssl(name, ['-subj', `/CN=${name}`, ...ca, '-addext', 'basicConstraints=CA:FALSE', ...more])
    const [certFile, keyFile] = [join(this.folder, `${name}.pem`), join(this.folder, `${name}.key`)]
    const cert = readFileSync(certFile)
    const fingerprint = new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase()
    return { cert, key: readFileSync(keyFile), certFile, fingerprint }
  }

  #openssl(name: string, more: readonly string[]): void {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      join(this.folder, `${name}.key`),
    ]
    execFileSync(
      'openssl',
      ['req', '-x509', '-days', '2', ...key, '-out', join(this.folder, `${name}.pem`), ...more],
      {
        stdio: 'ignore',
      },
    )
  }
}
