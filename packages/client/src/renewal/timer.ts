/** The files that have `renew` run twice a day: a systemd timer, or a cron entry. Pure. */

export interface Program {
  node: string
  /** Absent in the single executable, which is both. */
  script?: string
  /** `--config-dir` and such. */
  args: readonly string[]
}

/** systemd.exec(5): words in double quotes, `%` and `$` doubled. */
const systemdWord = (word: string) =>
  /^[\w./:@=-]+$/.test(word)
    ? word
    : `"${word.replace(/["\\]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`

const start = ({ node, script }: Program) => (script === undefined ? [node] : [node, script])

export const renderService = (program: Program) => `[Unit]
Description=Renew certificates by upki-client
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=${[...start(program), 'renew', '-q', '--no-random-sleep-on-renew', ...program.args].map(systemdWord).join(' ')}
`

export const renderTimer = () => `[Unit]
Description=Renew certificates by upki-client twice a day

[Timer]
OnCalendar=*-*-* 00,12:00:00
RandomizedDelaySec=12h
Persistent=true

[Install]
WantedBy=timers.target
`

/** crontab(5): `%` is a line break unless escaped. */
const cronWord = (word: string) =>
  (/^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`).replaceAll('%', '\\%')

/** @param minute and hour spread machines over the day; the run itself waits some minutes more */
export const renderCron = (program: Program, minute: number, hour: number) =>
  `# Renew certificates by upki-client twice a day.
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
${minute} ${hour},${hour + 12} * * * root ${[...start(program), 'renew', '-q', ...program.args].map(cronWord).join(' ')}
`
