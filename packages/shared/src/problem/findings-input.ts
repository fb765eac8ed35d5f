/** Findings about a file or body as a whole: what it is written in, how it is cut into rows. */
export const inputFindings = {
  inputCharset: {
    grade: 'error',
    message: {
      ja: '文字コード{charset}には対応していません。',
      en: 'There is no support for charset {charset}.',
    },
    remedy: {
      ja: 'UTF-8、UTF-16、Shift_JISのどれかにしてください。',
      en: 'Use UTF-8, UTF-16 or Shift_JIS.',
    },
  },
  inputEncoding: {
    grade: 'error',
    message: {
      ja: '{encoding}として読めないバイトがあります。',
      en: 'The input holds a byte that is not {encoding}.',
    },
    remedy: {
      ja: 'ファイルが途中で壊れていないか、文字コードの指定が正しいか確かめてください。',
      en: 'Check that the file is whole and that the charset given is right.',
    },
  },
  inputEmpty: {
    grade: 'error',
    upstreamCode: '213',
    message: { ja: '申請ファイルに入力がありません。', en: 'The input holds no application.' },
    remedy: { ja: '申請を一行以上入れてください。', en: 'Give at least one row.' },
  },
  inputPem: {
    grade: 'error',
    message: {
      ja: '申請の表ではなく、鍵・CSR・証明書などのPEMファイルです。',
      en: 'The input is no table of applications but PEM: a key, a CSR or a certificate.',
    },
    remedy: {
      ja: 'CSRから申請を作るには upki-client tsv build を、内容を見るには upki-client inspect を使ってください。',
      en: 'To make an application of a CSR use `upki-client tsv build`; to look at it, `upki-client inspect`.',
    },
  },
  inputWorkbook: {
    grade: 'error',
    message: {
      ja: 'Excelのブック (.xlsx、.xls) か圧縮ファイルです。',
      en: 'The input is a workbook of a spreadsheet (.xlsx, .xls) or an archive.',
    },
    remedy: {
      ja: '「CSV UTF-8」の形式で保存し、そのファイルを指定してください。シリアル番号の列は文字列にしてください。',
      en: 'Save it as "CSV UTF-8" and give that file; let the column of serial numbers be text.',
    },
  },
  inputCutShort: {
    grade: 'error',
    message: { ja: '入力が途中で終わっています。', en: 'The input ends in the middle of a value.' },
    remedy: { ja: 'ファイルを書き直すか送り直してください。', en: 'Write or send it again.' },
  },
  inputFormat: {
    grade: 'error',
    message: { ja: '{format}の申請ではありません。', en: 'The input is not {format}.' },
    remedy: {
      ja: 'JSON、JSON Lines、CSV、TSV、XMLのどれかで、正しい形式名を付けて渡してください。',
      en: 'Give JSON, JSON lines, CSV, TSV or XML, under its right name.',
    },
  },
  jsonSyntax: {
    grade: 'error',
    message: { ja: 'JSONとして読めません（{detail}）。', en: 'The input is not JSON ({detail}).' },
    remedy: { ja: 'この申請の書き方を直してください。', en: 'Correct the syntax at this application.' },
  },
  xmlSyntax: {
    grade: 'error',
    message: { ja: 'XMLとして読めません（{detail}）。', en: 'The input is not XML ({detail}).' },
    remedy: { ja: 'この申請の書き方を直してください。', en: 'Correct the syntax at this application.' },
  },
  xmlDoctype: {
    grade: 'error',
    message: { ja: 'XMLに文書型宣言（DOCTYPE）があります。', en: 'The XML has a document type declaration.' },
    remedy: {
      ja: 'DOCTYPEと実体の定義を除いてください。',
      en: 'Remove DOCTYPE and all entities of its own.',
    },
  },
  xmlElement: {
    grade: 'error',
    message: {
      ja: 'XMLの要素「{element}」はここに置けません。',
      en: 'The element {element} does not belong there.',
    },
    remedy: {
      ja: 'applicationsの中にapplication、その中に項目名の要素を置いてください。',
      en: 'Put elements named as the fields into application, and these into applications.',
    },
  },
  xmlText: {
    grade: 'error',
    message: {
      ja: 'XMLの要素「{element}」に、どの項目でもない文字列「{text}」があります。',
      en: 'The text "{text}" in the element {element} is of no field.',
    },
    remedy: {
      ja: '項目名の要素に入れてください。ホスト名は一つずつ、dnsNamesの中のdnsNameに入れます。',
      en: 'Put it into an element named as the field; host names one by one into dnsName, in dnsNames.',
    },
  },
  tableSyntax: {
    grade: 'error',
    message: { ja: '表として読めません（{detail}）。', en: 'The table cannot be read ({detail}).' },
    remedy: {
      ja: '引用符が閉じているか、引用符の中の引用符が二つ重ねてあるか確かめてください。',
      en: 'Check that quotation marks are closed, and doubled inside quoted cells.',
    },
  },
  headingUnknown: {
    grade: 'error',
    message: {
      ja: '見出し「{heading}」は知らない項目です。',
      en: 'There is no field for the heading "{heading}".',
    },
    remedy: {
      ja: '項目名（subjectDnなど）か、列の日本語名・英語名に直すか、列を除いてください。',
      en: 'Use a field name such as subjectDn or a column name, or remove the column.',
    },
  },
  headingRepeated: {
    grade: 'error',
    message: { ja: '見出し「{heading}」が二つ以上あります。', en: 'The heading "{heading}" is there twice.' },
    remedy: { ja: '一つにしてください。', en: 'Keep one of them.' },
  },
  columnCount: {
    grade: 'error',
    message: {
      ja: '列の数が{count}です（{wanted}列のはずです）。',
      en: 'The row has {count} columns; it should have {wanted}.',
    },
    remedy: {
      ja: '使わない列も空のまま残し、値にタブや改行を入れないでください。',
      en: 'Keep unused columns, empty, and put no tab or line break into a value.',
    },
  },
  columnReserved: {
    grade: 'error',
    message: { ja: '{number}列目（予約済）に値があります。', en: 'Column {number}, reserved, is filled.' },
    remedy: { ja: '空欄にしてください。', en: 'Leave it empty.' },
  },
  kindNeeded: {
    grade: 'error',
    message: {
      ja: '申請の種類を推定できません。',
      en: 'The kind of application cannot be told from the input.',
    },
    remedy: { ja: 'server-issueなど、種類を指定してください。', en: 'Name the kind, such as server-issue.' },
  },
  rowTooLong: {
    grade: 'error',
    message: {
      ja: '一件の申請が{max}文字を超えています。',
      en: 'One application is longer than {max} characters.',
    },
    remedy: {
      ja: '改行や引用符の閉じ忘れがないか確かめてください。',
      en: 'Look for a missing line end or an open quotation mark.',
    },
  },
  tooManyRows: {
    grade: 'error',
    message: { ja: '申請が{max}件を超えています。', en: 'There are more than {max} applications.' },
    remedy: { ja: '分けて渡してください。', en: 'Give them in parts.' },
  },
  fileTooManyRows: {
    grade: 'error',
    upstreamCode: '214',
    message: {
      ja: 'ファイル内のレコードが指定件数（{max}件）を超えているため申請できません。',
      en: 'A file for upload has at most {max} rows.',
    },
    remedy: {
      ja: 'ファイルを分けてください（tsv convertは自動で分けます）。',
      en: 'Split the file; tsv convert does it.',
    },
  },
  fileExtension: {
    grade: 'error',
    upstreamCode: '209',
    message: {
      ja: '指定したファイルの拡張子が不正です。',
      en: 'The file name ends in neither .tsv nor .txt.',
    },
    remedy: { ja: '拡張子を.tsvにしてください。', en: 'Rename it to .tsv.' },
  },
  fileEncoding: {
    grade: 'error',
    message: {
      ja: 'ファイルの文字コードが{encoding}です（Shift_JISで提出します）。',
      en: 'The file is in {encoding}; the service reads Shift_JIS.',
    },
    remedy: {
      ja: 'tsv convert --to upki-tsvで書き直してください。',
      en: 'Write it anew with tsv convert --to upki-tsv.',
    },
  },
  fileHeading: {
    grade: 'error',
    message: { ja: '提出するTSVに見出し行は付けられません。', en: 'A TSV for upload has no heading.' },
    remedy: {
      ja: 'tsv convert --to upki-tsvで書き直してください。',
      en: 'Write it anew with tsv convert --to upki-tsv.',
    },
  },
  kindGuessed: {
    grade: 'notice',
    message: { ja: '申請の種類を{kind}と推定しました。', en: 'The kind was taken to be {kind}.' },
    remedy: {
      ja: '違うときは種類を指定してください。アップロード画面の選択と同じにします。',
      en: 'Name it if that is wrong; it is what you choose on the upload screen.',
    },
  },
  cannotWrite: {
    grade: 'error',
    message: {
      ja: 'この申請は{format}に書けません（{detail}）。',
      en: 'The application cannot be written as {format} ({detail}).',
    },
    remedy: {
      ja: '先に検査し、誤りを直してください。',
      en: 'Check it first and correct the errors.',
    },
  },
} as const
