/** Which certificates of HTTP.sys stand beside ours, told before anything is changed. Pure. */
import type { Bilingual } from '@upki-gateway/shared/problem'
import type { Binding } from './plan.js'
import { hiddenMappings, type SslCert } from './sslcert.js'

export function explainMappings(
  certs: readonly SslCert[],
  bindings: readonly Binding[],
  wanted: { ports: readonly number[]; thumbprint: string },
): Bilingual[] {
  return hiddenMappings(certs, wanted).map((cert) => {
    const owner = bindings.find(
      ({ protocol, sni, port, thumbprint }) =>
        protocol === 'https' && !sni && port === cert.port && thumbprint.toUpperCase() === cert.thumbprint,
    )
    return owner ? answersFirst(cert, owner) : leftOver(cert)
  })
}

const answersFirst = ({ host, port }: SslCert, { site }: Binding): Bilingual => ({
  en: `At ${host}:${port} the site "${site}" answers clients that send no name (no SNI), with its own certificate.`,
  ja: `${host}:${port} では、名前を送らない (SNI 非対応の) クライアントにサイト「${site}」の証明書が送られます。`,
})

const leftOver = ({ host, port, thumbprint }: SslCert): Bilingual => ({
  en: `HTTP.sys has a certificate (${thumbprint}) for ${host}:${port} that no binding of IIS shows; it can win over those with a host name. If nothing needs it: netsh http delete sslcert ipport=${host}:${port}`,
  ja: `HTTP.sys に、IIS のどのバインドにも現れない証明書 (${thumbprint}) が ${host}:${port} にあります。ホスト名付きのバインドより優先されることがあります。不要なら: netsh http delete sslcert ipport=${host}:${port}`,
})
