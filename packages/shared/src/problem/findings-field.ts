/** Findings about one value alone, whatever its column. */
export const fieldFindings = {
  inputNotObject: {
    grade: 'error',
    message: { ja: '申請がオブジェクトではありません。', en: 'The application is not an object.' },
    remedy: {
      ja: '項目名と値を持つJSONオブジェクトで送ってください。',
      en: 'Send a JSON object with field names and values.',
    },
  },
  inputUnknownMember: {
    grade: 'error',
    message: { ja: '項目「{member}」はありません。', en: 'There is no field "{member}".' },
    remedy: {
      ja: '項目名のつづりを確かめるか、項目を除いてください。',
      en: 'Check its spelling or leave it out.',
    },
  },
  inputMemberTwice: {
    grade: 'error',
    message: { ja: '項目「{member}」が2つあります。', en: 'The field "{member}" is there twice.' },
    remedy: { ja: '正しい方だけを残してください。', en: 'Keep the right one of them.' },
  },
  inputWrongType: {
    grade: 'error',
    message: { ja: '{member}の型が違います（{wanted}）。', en: '{member} is not {wanted}.' },
    remedy: {
      ja: '{wanted}で送ってください。シリアル番号も文字列です。',
      en: 'Send {wanted}; serial numbers are strings too.',
    },
  },
  inputUnknownKind: {
    grade: 'error',
    message: { ja: '申請の種類がありません。', en: 'There is no such kind of application.' },
    remedy: {
      ja: 'server、server-issueなど、決められた種類を指定してください。',
      en: 'Use one of the kinds, such as server or server-issue.',
    },
  },
  required: {
    grade: 'error',
    upstreamCode: '201',
    message: { ja: '{column}は入力必須項目です。', en: '{column} is required.' },
    remedy: { ja: '値を入力してください。', en: 'Give a value.' },
  },
  notOfKind: {
    grade: 'error',
    message: {
      ja: '{column}はこの種類の申請では空欄にします。',
      en: '{column} stays empty in this kind of application.',
    },
    remedy: {
      ja: '値を除くか、申請の種類を確かめてください。',
      en: 'Leave it out, or check the kind of application.',
    },
  },
  tooLong: {
    grade: 'error',
    upstreamCode: '202',
    message: {
      ja: '{column}は{max}桁以内で入力してください（現在{length}桁）。',
      en: '{column} may have {max} characters; it has {length}.',
    },
    remedy: { ja: '短くしてください。', en: 'Shorten it.' },
  },
  tooLongInBytes: {
    grade: 'warning',
    message: {
      ja: '{column}は{max}桁以内ですが、Shift_JISでは{length}バイトあります。',
      en: '{column} keeps to {max} characters but takes {length} bytes in Shift_JIS.',
    },
    remedy: {
      ja: '上限がバイト数であれば受け付けられません。短くすると確実です。',
      en: 'If the service counts bytes it will refuse this; a shorter value is safe.',
    },
  },
  controlCharacter: {
    grade: 'error',
    message: {
      ja: '{column}にタブ、改行などの制御文字があります。',
      en: '{column} holds a tab, a line break or another control character.',
    },
    remedy: { ja: '制御文字を除いてください。', en: 'Remove it; TSV has no way to carry it.' },
  },
  quoted: {
    grade: 'error',
    message: { ja: '{column}が引用符で囲まれています。', en: '{column} is wrapped in quotation marks.' },
    remedy: { ja: '前後の引用符を除いてください。', en: 'Remove the quotation marks around it.' },
  },
  outerBlank: {
    grade: 'warning',
    message: { ja: '{column}の前後に空白があります。', en: '{column} begins or ends with a blank.' },
    remedy: { ja: '空白を除いてください。', en: 'Remove the blank.' },
  },
  notHalfWidth: {
    grade: 'error',
    message: {
      ja: '{column}に半角英数記号以外の文字「{characters}」があります。',
      en: '{column} holds characters other than ASCII: {characters}',
    },
    remedy: { ja: '半角で入力してください。', en: 'Write it in ASCII.' },
  },
  notDigits: {
    grade: 'error',
    upstreamCode: '204',
    message: {
      ja: '{column}は半角数字以外の文字が含まれています。',
      en: '{column} holds something other than digits.',
    },
    remedy: { ja: '半角数字で入力してください。', en: 'Write it in ASCII digits.' },
  },
  notInJis: {
    grade: 'error',
    message: {
      ja: '{column}にJIS第一・第二水準にない文字「{characters}」があります。',
      en: '{column} holds characters outside JIS levels 1 and 2: {characters}',
    },
    remedy: {
      ja: '別の字に置き換えてください（例：髙は高）。置き換えには本人の了解を得てください。',
      en: 'Use another character, such as 高 for 髙, with the consent of the person named.',
    },
  },
  halfWidthKana: {
    grade: 'warning',
    message: { ja: '{column}に半角カタカナがあります。', en: '{column} holds half-width katakana.' },
    remedy: { ja: '全角カタカナで入力してください。', en: 'Write it in full-width katakana.' },
  },
  mailSyntax: {
    grade: 'error',
    upstreamCode: '206',
    message: { ja: '{column}はメール形式ではありません。', en: '{column} is not a mail address.' },
    remedy: { ja: 'taro@example.ac.jpの形式で入力してください。', en: 'Write it as taro@example.ac.jp.' },
  },
  mailSymbol: {
    grade: 'warning',
    message: { ja: '{column}に「+」または「%」があります。', en: '{column} holds a plus or percent sign.' },
    remedy: {
      ja: '受け付けられないことがあります。別のアドレスがあれば使ってください。',
      en: 'The service may refuse it; use another address if there is one.',
    },
  },
  profileUnknown: {
    grade: 'error',
    message: {
      ja: 'プロファイルID「{profile}」はこの種類では使えません。',
      en: 'Profile {profile} does not exist for this kind.',
    },
    remedy: { ja: '{profiles}のどれかを指定してください。', en: 'Use one of {profiles}.' },
  },
  profileNotAllowed: {
    grade: 'error',
    message: {
      ja: 'プロファイルID「{profile}」は貴機関では使えません。',
      en: 'The organisation may not use profile {profile}.',
    },
    remedy: { ja: '登録担当者に確かめてください。', en: 'Ask the registration authority operator.' },
  },
  downloadTypeUnknown: {
    grade: 'error',
    message: {
      ja: 'ダウンロード方法は1（P12個別）、2（P12一括）、3（ブラウザ個別）です。',
      en: 'The download type is 1 (PKCS#12 each), 2 (PKCS#12 in bulk) or 3 (browser).',
    },
    remedy: { ja: '通常は1を指定してください。', en: 'Usually it is 1.' },
  },
  reasonUnknown: {
    grade: 'error',
    message: {
      ja: '失効理由「{reason}」は受け付けられません。',
      en: 'Revocation reason {reason} is not accepted.',
    },
    remedy: {
      ja: '0（その他）、1（鍵の危殆化）、3（所属の変更）、4（証明書の更新）、5（利用の終了）のどれかを指定してください。',
      en: 'Use 0 unspecified, 1 keyCompromise, 3 affiliationChanged, 4 superseded or 5 cessationOfOperation.',
    },
  },
  reasonKeyCompromise: {
    grade: 'warning',
    message: {
      ja: '失効理由1（鍵の危殆化）は認証局の緊急対応を求めます。',
      en: 'Reason 1, keyCompromise, makes the authority act within 24 hours.',
    },
    remedy: {
      ja: '更新後の失効は4、サーバの撤去は5を指定してください。',
      en: 'Use 4 after a renewal and 5 when the server is gone.',
    },
  },
  serialSyntax: {
    grade: 'error',
    message: {
      ja: '{column}が10進数でも0xで始まる16進数でもありません。',
      en: '{column} is neither decimal nor hexadecimal with 0x.',
    },
    remedy: {
      ja: '証明書のシリアル番号をそのまま写してください。',
      en: 'Copy the serial number of the certificate.',
    },
  },
  serialDamaged: {
    grade: 'error',
    message: {
      ja: '{column}の下位の桁が表計算ソフトで失われています。',
      en: 'A spreadsheet has lost the last digits of {column}.',
    },
    remedy: {
      ja: '元の証明書か報告ファイルから写し直し、セルは文字列にしてください。',
      en: 'Copy it again from the certificate or the report, into a cell of text.',
    },
  },
} as const
