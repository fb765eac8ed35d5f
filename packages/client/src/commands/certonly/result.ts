/** What `certonly` says when a certificate is in place. */
import type { Lineage } from '../../keystore/lineages.js'
import { renderInstant } from '../../terminal/duration.js'
import type { Rehearsal } from './rehearse.js'
import type { Reporter } from '../../terminal/reporter.js'

/** `issued` just now, or `kept` because the one in place serves. */
export function reportCertificate(reporter: Reporter, lineage: Lineage, outcome: 'issued' | 'kept'): void {
  const { paths, notAfter } = lineage
  const until = renderInstant(notAfter)
  const files = `${paths.fullchain}\n  ${paths.privkey}`
  const texts = {
    issued: {
      en: `The certificate is there; it is valid until ${until}.\n  ${files}`,
      ja: `証明書を取得しました。有効期限は ${until} です。\n  ${files}`,
    },
    kept: {
      en: `The certificate in place is valid until ${until} and not near its end, so none was ordered (--force-renewal orders one).\n  ${files}`,
      ja: `今の証明書は ${until} まで有効で期限も近くないため、注文しませんでした (--force-renewal で注文します)。\n  ${files}`,
    },
  }
  reporter.result(texts[outcome], { outcome, ...lineage })
}

/** `--dry-run`: what was found out. */
export function reportRehearsal(reporter: Reporter, rehearsal: Rehearsal): void {
  const { names, server, account, keyType, subject, challenges } = rehearsal
  const facts = [
    account ?? { en: 'an account would be made', ja: 'アカウントは新しく作られます' },
    keyType,
    subject &&
      Object.entries(subject)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(','),
    challenges === 'tried'
      ? {
          en: 'challenges work, as far as this machine can see',
          ja: 'チャレンジはこのマシンから見る限り成功します',
        }
      : undefined,
  ].filter((fact) => fact !== undefined)
  const list = (language: 'en' | 'ja') =>
    facts.map((fact) => `\n  - ${typeof fact === 'string' ? fact : fact[language]}`).join('')
  reporter.result(
    {
      en: `The dry run found nothing against ordering ${names.join(', ')} at ${server}.${list('en')}`,
      ja: `予行では ${server} への ${names.join(', ')} の注文に問題は見つかりませんでした。${list('ja')}`,
    },
    { outcome: 'planned', ...rehearsal },
  )
}
