/**
 * TLS settings for blocks that we make: protocols and ciphers that every browser
 * since 2017 has and nothing weaker. Source: RFC 9325 §3.1.1 and §4.2.
 */
const ciphers = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

const head = `# TLS settings of upki-client, shared by the sites it made speak TLS.
# Edits here are lost: put settings of your own into the site instead of the
# include of this file.
`

export const nginxSettings = `${head}
ssl_protocols TLSv1.2 TLSv1.3;
ssl_ciphers ${ciphers};
ssl_prefer_server_ciphers off;
ssl_session_cache shared:upki_client_ssl:10m;
ssl_session_timeout 1d;
ssl_session_tickets off;
`

export const apacheSettings = `${head}
SSLEngine on
SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1
SSLCipherSuite ${ciphers}
SSLHonorCipherOrder off
SSLSessionTickets off
`
