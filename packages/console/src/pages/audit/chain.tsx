/** Whether the last entries of the log are as they were written. */
import { useQuery } from '@tanstack/react-query'
import { api, unwrap } from '../../api/client.js'
import { useWords } from '../../i18n/language.js'
import { Shown } from '../../ui/outcome.js'
import { Badge } from '../../ui/state.js'

const text = {
  intact: { ja: '改ざんなし', en: 'Intact' },
  broken: { ja: '改ざんの疑い', en: 'NOT intact' },
  checked: {
    ja: '直近{checked}件のハッシュ連鎖を検証しました。',
    en: 'The hash chain of the last {checked} entries was verified.',
  },
  fault: { ja: '位置{position}：{fault}', en: 'Position {position}: {fault}' },
}

export function Chain() {
  const { t } = useWords()
  const query = useQuery({
    queryKey: ['audit', 'verification'],
    queryFn: () => unwrap(api.GET('/v1/audit/verification')),
    staleTime: 60_000,
  })
  return (
    <Shown query={query}>
      {({ intact, checked, fault }) => (
        <p className="chosen">
          <Badge tone={intact ? 'good' : 'bad'}>{t(intact ? text.intact : text.broken)}</Badge>{' '}
          {t(text.checked, { checked })}{' '}
          {fault && t(text.fault, { position: fault.position, fault: fault.fault })}
        </p>
      )}
    </Shown>
  )
}
