/** A CSR or certificates, decoded by the gateway: nothing of them is trusted, everything is shown. */
import { useQuery } from '@tanstack/react-query'
import { api, type Schemas, unwrap } from '../api/client.js'
import { useWords } from '../i18n/language.js'
import { Facts } from '../ui/facts.js'
import { Shown } from '../ui/outcome.js'
import { Secret } from '../ui/secret.js'
import { Serial } from '../ui/serial.js'
import { Time } from '../ui/time.js'

const text = {
  subject: { ja: '主体者DN', en: 'Subject DN' },
  issuer: { ja: '発行者', en: 'Issuer' },
  key: { ja: '鍵', en: 'Key' },
  names: { ja: 'ホスト名（dNSName）', en: 'Host names (dNSName)' },
  signature: { ja: '署名', en: 'Signature' },
  valid: { ja: '正しい', en: 'valid' },
  invalid: { ja: '正しくない', en: 'NOT valid' },
  keyHash: { ja: '公開鍵のSHA-256', en: 'SHA-256 of the public key' },
  hash: { ja: '証明書のSHA-256', en: 'SHA-256 of the certificate' },
  serial: { ja: 'シリアル番号', en: 'Serial number' },
  from: { ja: '有効期間の開始', en: 'Not before' },
  until: { ja: '有効期間の終了', en: 'Not after' },
  none: { ja: 'なし', en: 'none' },
}

/** @param input PEM, or a CSR as one line of Base64 */
export function Inspection({ input }: { input: string }) {
  const query = useQuery({
    queryKey: ['inspection', input],
    queryFn: () => unwrap(api.POST('/v1/inspections', { body: { input } })),
    staleTime: Infinity,
  })
  return (
    <Shown query={query}>
      {({ objects }) =>
        objects.map((object, index) =>
          object.type === 'csr' ? (
            <CsrFacts key={index} csr={object} />
          ) : (
            <CertificateFacts key={index} certificate={object} />
          ),
        )
      }
    </Shown>
  )
}

function CsrFacts({ csr }: { csr: Schemas['InspectedCsr'] }) {
  const { t } = useWords()
  return (
    <Facts
      entries={[
        [t(text.subject), <span className="value">{csr.subjectDn}</span>],
        [t(text.key), csr.keyType],
        [t(text.names), <span className="value">{csr.dnsNames.join('\n') || t(text.none)}</span>],
        [
          t(text.signature),
          `${csr.signatureAlgorithm} – ${t(csr.signatureValid ? text.valid : text.invalid)}`,
        ],
        [t(text.keyHash), <Secret value={csr.spkiSha256} what={t(text.keyHash)} />],
      ]}
    />
  )
}

function CertificateFacts({ certificate }: { certificate: Schemas['InspectedCertificate'] }) {
  const { t } = useWords()
  return (
    <Facts
      entries={[
        [t(text.subject), <span className="value">{certificate.subject}</span>],
        [t(text.issuer), <span className="value">{certificate.issuer}</span>],
        [t(text.from), <Time at={certificate.notBefore} />],
        [t(text.until), <Time at={certificate.notAfter} />],
        [t(text.key), certificate.keyType],
        [t(text.serial), <Serial serial={certificate.serial} />],
        [t(text.hash), <Secret value={certificate.sha256} what={t(text.hash)} />],
      ]}
    />
  )
}
