/** One certificate: what it says, its chain, and what can be done with it. */
import { Link } from 'wouter'
import type { Schemas } from '../../api/client.js'
import { useCertificate } from '../../api/queries.js'
import { may, type Operator } from '../../api/session.js'
import { useWords } from '../../i18n/language.js'
import { Facts } from '../../ui/facts.js'
import { Shown } from '../../ui/outcome.js'
import { Page, Section } from '../../ui/page.js'
import { Serial } from '../../ui/serial.js'
import { CertificateBadge } from '../../ui/state.js'
import { Time } from '../../ui/time.js'
import { Inspection } from '../inspection.js'
import { awaitsWord, ConfirmReplacedButton } from './confirm-replaced.js'
import { Downloads } from './downloads.js'
import { RevokeButton } from './revoke.js'

const text = {
  title: { ja: '証明書', en: 'Certificate' },
  status: { ja: '状態', en: 'Status' },
  subject: { ja: '主体者DN', en: 'Subject DN' },
  names: { ja: 'ホスト名', en: 'Host names' },
  validity: { ja: '有効期間', en: 'Validity' },
  serial: { ja: 'シリアル番号', en: 'Serial number' },
  organisation: { ja: '機関', en: 'Organisation' },
  application: { ja: '申請', en: 'Application' },
  toApplication: { ja: '申請を見る', en: 'See the application' },
  replaces: { ja: '更新前の証明書', en: 'Replaces' },
  confirmed: { ja: '入れ替え済みの確認', en: 'Confirmed as no longer served' },
  downloads: { ja: 'ダウンロード', en: 'Downloads' },
  chain: { ja: '証明書チェーン', en: 'Chain' },
  chainHint: {
    ja: 'サーバには、この順で全部を設定します。',
    en: 'A server sends all of them, in this order.',
  },
  renew: { ja: '更新を申請', en: 'Renew' },
}

export function CertificateDetail({ serial, operator }: { serial: string; operator: Operator }) {
  const { t } = useWords()
  const query = useCertificate(serial)
  return (
    <Page
      title={query.data?.commonName ?? t(text.title)}
      actions={query.data && <Acts certificate={query.data} operator={operator} />}
    >
      <Shown query={query}>
        {(certificate) => (
          <>
            <Overview certificate={certificate} />
            <Section title={t(text.downloads)}>
              <Downloads certificate={certificate} />
            </Section>
            <Section title={t(text.chain)}>
              <p className="hint">{t(text.chainHint)}</p>
              <div className="chain">
                <Inspection input={certificate.pem + certificate.chainPem} />
              </div>
            </Section>
          </>
        )}
      </Shown>
    </Page>
  )
}

function Overview({ certificate }: { certificate: Schemas['Certificate'] }) {
  const { t } = useWords()
  const { status, notBefore, notAfter, names, subjectDn, serial, applicationId, replacesSerial } = certificate
  const { replacementConfirmedAt: confirmedAt } = certificate
  return (
    <section className="card">
      <Facts
        entries={[
          [t(text.status), <CertificateBadge status={status} notAfter={notAfter} />],
          [t(text.subject), <span className="value">{subjectDn}</span>],
          [t(text.names), <span className="value">{names.join('\n')}</span>],
          [
            t(text.validity),
            <>
              <Time at={notBefore} /> – <Time at={notAfter} />
            </>,
          ],
          [t(text.serial), <Serial serial={serial} />],
          [t(text.organisation), certificate.organisation],
          [
            t(text.application),
            applicationId && <Link href={`/applications/${applicationId}`}>{t(text.toApplication)}</Link>,
          ],
          [
            t(text.replaces),
            replacesSerial && (
              <Link href={`/certificates/${replacesSerial}`}>
                <code>{replacesSerial}</code>
              </Link>
            ),
          ],
          [t(text.confirmed), confirmedAt && <Time at={confirmedAt} />],
        ]}
      />
    </section>
  )
}

/** Renewing starts an application: the form shows what will be sent, and the check goes first. */
function Acts({ certificate, operator }: { certificate: Schemas['Certificate']; operator: Operator }) {
  const { t } = useWords()
  const { serial, subjectDn, names, status, category } = certificate
  const isOver = new Date(certificate.notAfter) < new Date()
  const values = { kind: 'server-renew', serial, subjectDn, dnsNames: names.join('\n') }
  const mayApply = may(operator, 'applications:write')
  return (
    <>
      {may(operator, 'certificates:write') && awaitsWord(certificate) && !isOver && (
        <ConfirmReplacedButton certificate={certificate} />
      )}
      {mayApply && status === 'valid' && category === 'server' && !isOver && (
        <Link className="button" href={`/applications/new?${new URLSearchParams(values)}`}>
          {t(text.renew)}
        </Link>
      )}
      {mayApply && status !== 'revoked' && !isOver && <RevokeButton certificate={certificate} />}
    </>
  )
}
