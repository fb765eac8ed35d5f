/** What `certonly` says when a certificate is in place. */
import type { Lineage } from '../../keystore/lineages.js'
import { renderInstant } from '../../terminal/duration.js'
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
