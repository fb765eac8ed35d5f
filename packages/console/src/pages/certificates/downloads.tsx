import type { Schemas } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { download } from '../../ui/download.js'
import { derOf, toPkcs7 } from './pkcs7.js'

const text = {
  leaf: { ja: 'PEM（証明書）', en: 'PEM (certificate)' },
  full: { ja: 'PEM（チェーン付き）', en: 'PEM (with chain)' },
  pkcs7: { ja: 'P7B', en: 'P7B' },
  der: { ja: 'DER', en: 'DER' },
}

export function Downloads({ certificate }: { certificate: Schemas['Certificate'] }) {
  const { t } = useWords()
  const { commonName, pem, chainPem } = certificate
  const name = commonName.replace(/[^\w.-]/g, '_')
  const [leaf = new Uint8Array()] = derOf(pem)
  const kinds = [
    { label: text.leaf, file: `${name}.pem`, content: pem, type: 'application/x-pem-file' },
    {
      label: text.full,
      file: `${name}.fullchain.pem`,
      content: pem + chainPem,
      type: 'application/x-pem-file',
    },
    {
      label: text.pkcs7,
      file: `${name}.p7b`,
      content: toPkcs7(pem + chainPem),
      type: 'application/x-pkcs7-certificates',
    },
    { label: text.der, file: `${name}.cer`, content: leaf, type: 'application/pkix-cert' },
  ]
  return (
    <div className="actions">
      {kinds.map(({ label, file, content, type }) => (
        <button key={file} type="button" onClick={() => download(file, content, type)}>
          {t(label)}
        </button>
      ))}
    </div>
  )
}
