/** Findings about a row against the history and against the other rows. */
export const rowFindings = {
  commonNameKnown: {
    grade: 'error',
    upstreamCode: '212',
    message: {
      ja: '指定したDNはすでに存在しています（CN「{cn}」は発行済み）。',
      en: 'A certificate for the CN {cn} was issued before.',
    },
    remedy: {
      ja: '更新申請とし、失効対象証明書シリアル番号に{serial}を指定してください。',
      en: 'Apply for a renewal, with serial number {serial}.',
    },
  },
  commonNameNew: {
    grade: 'warning',
    message: { ja: 'CN「{cn}」の発行記録がありません。', en: 'No certificate for the CN {cn} is on record.' },
    remedy: {
      ja: '初めてのCNなら発行申請にしてください。記録が古いだけなら報告ファイルを取り込んでください。',
      en: 'If the CN is new, apply for an issue; if the record is old, read in the report.',
    },
  },
  serialNotNewest: {
    grade: 'warning',
    message: {
      ja: '失効対象証明書シリアル番号が、このCNで最後に発行された証明書のもの（{serial}）と違います。',
      en: 'The serial number is not that of the newest certificate of this CN, {serial}.',
    },
    remedy: { ja: '更新する証明書を確かめてください。', en: 'Check which certificate is to be replaced.' },
  },
  serialEnded: {
    grade: 'error',
    message: {
      ja: 'このシリアル番号の証明書は、失効済みか期限切れです。',
      en: 'The certificate of this serial number is revoked or has expired.',
    },
    remedy: { ja: 'この行を除いてください。', en: 'Leave the row out.' },
  },
  serialBeingRevoked: {
    grade: 'error',
    message: {
      ja: 'この証明書の失効は、申請{application}で手続き中か完了しています。',
      en: 'The certificate is being revoked, or was, by the application {application}.',
    },
    remedy: { ja: 'この行を除いてください。', en: 'Leave the row out.' },
  },
  commonNameRepeated: {
    grade: 'error',
    message: { ja: '{other}行目と同じCNです。', en: 'The CN is the same as in row {other}.' },
    remedy: { ja: '一つのCNにつき一行にしてください。', en: 'Give one row for each CN.' },
  },
  serialRepeated: {
    grade: 'error',
    message: {
      ja: '{other}行目と同じシリアル番号です。',
      en: 'The serial number is the same as in row {other}.',
    },
    remedy: { ja: '一つの証明書につき一行にしてください。', en: 'Give one row for each certificate.' },
  },
  rowsNotCompared: {
    grade: 'warning',
    message: {
      ja: '行が多すぎるため、{count}行目より後の行どうしの重複は調べていません。',
      en: 'There are too many rows: those after row {count} were compared with the ones before it only.',
    },
    remedy: {
      ja: '重複を確かめるには、ファイルを分けて検査してください。',
      en: 'Divide the file to have all rows compared.',
    },
  },
} as const
