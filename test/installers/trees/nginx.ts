/** Configuration trees for nginx, written for these tests. `@…@` is filled in by the machine. */
import { expectRedirect } from '../support/expect.js'
import type { Tree } from '../support/machine.js'
import { main, page, plain, site, tls } from './nginx-blocks.js'

const debian = {
  'nginx.conf': main(`  include @ROOT@/conf.d/*.conf;
  include @ROOT@/sites-enabled/*;`),
  'sites-available/default': plain(
    '    root @ROOT@/html;\n    index index.html index.nginx-debian.html;',
    '_',
  ),
  'sites-available/www': plain('    root @ROOT@/html;'),
}
const debianLinks = {
  'sites-enabled/default': '@ROOT@/sites-available/default',
  'sites-enabled/www': '../sites-available/www',
}

export const nginxTrees: Tree[] = [
  { name: 'one plain server block in nginx.conf', ...site(plain(page)) },
  { name: "Debian's sites-enabled with absolute and relative links", files: debian, links: debianLinks },
  {
    name: "Red Hat's conf.d with a default server in nginx.conf",
    files: {
      'nginx.conf': main(`  include conf.d/*.conf;\n${plain(page, '_')}`),
      'conf.d/www.conf': plain(page),
    },
  },
  {
    name: 'many sites in one file',
    ...site(
      Array.from({ length: 30 }, (_, n) =>
        plain(page, n === 17 ? 'www.example.ac.jp' : `s${n}.example.ac.jp`),
      ).join(''),
    ),
  },
  { name: 'a TLS block with another certificate', ...site(tls(page)) },
  {
    name: 'a TLS block with an RSA and an ECDSA certificate',
    ...site(tls('    ssl_certificate @ROOT@/old.pem;\n    ssl_certificate_key @ROOT@/old.key;')),
  },
  {
    name: 'a certificate inherited from http',
    ...site(`  ssl_certificate @ROOT@/old.pem;
  ssl_certificate_key @ROOT@/old.key;
  server { listen @HTTP@; listen @HTTPS@ ssl; server_name www.example.ac.jp; }
  server { listen @HTTPS@ ssl; server_name other.example.ac.jp; }`),
  },
  {
    name: 'plain and TLS blocks apart, with a redirect between them',
    ...site(`${plain('    return 301 https://$host$request_uri;')}  server {
    listen @HTTPS@ ssl;
    server_name www.example.ac.jp;
    ssl_certificate @ROOT@/old.pem;
    ssl_certificate_key @ROOT@/old.key;
  }`),
  },
  {
    name: 'everything on one line',
    ...site(`server{listen @HTTP@;server_name www.example.ac.jp;location /{return 200 ok;}}`),
  },
  {
    name: 'quotes, escapes and braces in words',
    ...site(`  map $http_user_agent $bad { default 0; "~*(bot|\\"spider\\"){1,2}" 1; 'semi;colon' 2; }
  log_format odd '{"a": "$remote_addr;"}';
${plain(`    location ~ "^/[a-z]{2,4}/" { return 200 '}'; }
    location "/with space {" { return 200 "\${host}"; }`)}`),
  },
  {
    name: 'comments with braces, quotes and directives',
    ...site(`  # server { server_name www.example.ac.jp; '
${plain(`    # listen 443 ssl; }
    root @ROOT@/html; # don't { touch`)}`),
  },
  { name: 'Windows line ends', files: { 'nginx.conf': main(plain(page)).replaceAll('\n', '\r\n') } },
  { name: 'tabs for indentation', files: { 'nginx.conf': main(plain(page)).replaceAll('    ', '\t\t') } },
  {
    name: 'comments in EUC-JP',
    files: { 'nginx.conf': main('  include www.conf;') },
    binaries: {
      'www.conf': Buffer.concat([
        Buffer.from('# '),
        Buffer.from('a5a6a5a7a5d6a5b5a1bca5d0', 'hex'),
        Buffer.from(`\n${plain(page)}`),
      ]),
    },
  },
  {
    name: 'Japanese and blanks in paths',
    files: {
      'nginx.conf': main('  include "設定 一式/*.conf";'),
      '設定 一式/サイト www.conf': plain(page),
    },
  },
  {
    name: 'globs within globs',
    files: {
      'nginx.conf': main('  include vhosts/*/nginx/[a-z]*.conf;'),
      'vhosts/a/nginx/www.conf': plain(page),
      'vhosts/b/nginx/other.conf': plain(page, 'other.example.ac.jp'),
      'vhosts/b/nginx/0-not-matched.conf': 'this is no nginx configuration {',
    },
  },
  {
    name: 'a snippet with the location rules of WordPress',
    files: {
      'nginx.conf': main(
        plain('    root @ROOT@/html;\n    index index.php;\n    include snippets/wordpress.conf;'),
      ),
      'snippets/wordpress.conf': `location = /favicon.ico { log_not_found off; access_log off; }
location / { try_files $uri $uri/ /index.php?$args; }
location ~ \\.php$ { fastcgi_intercept_errors on; fastcgi_pass unix:@ROOT@/tmp/php.sock; }
location ~* \\.(js|css|png|jpg|jpeg|gif|ico)$ { expires max; log_not_found off; }
`,
    },
  },
  {
    name: 'a reverse proxy with upstream and WebSocket',
    ...site(`  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  upstream app { server 127.0.0.1:@OTHER@ max_fails=3; keepalive 8; }
${plain(`    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }`)}`),
  },
  {
    name: 'two names, each in its own block',
    names: ['www.example.ac.jp', 'web.example.ac.jp'],
    ...site(plain(page) + plain(page, 'web.example.ac.jp')),
  },
  {
    name: 'one name with TLS, the other without',
    names: ['www.example.ac.jp', 'web.example.ac.jp'],
    ...site(tls(page) + plain(page, 'web.example.ac.jp')),
  },
  {
    name: 'a wildcard and a leading dot in server_name',
    names: ['www.example.ac.jp', 'example.jp'],
    ...site(plain(page, '*.example.ac.jp') + plain(page, '.example.jp')),
  },
  {
    name: 'a regular expression in server_name',
    ...site(plain(page, '~^(?<sub>www|web)\\.example\\.ac\\.jp$')),
  },
  {
    name: 'the exact name before the wildcard before the expression',
    ...site(plain(page, '~^www\\.') + plain(page, '*.example.ac.jp') + plain(page)),
  },
  { name: 'capitals in server_name', ...site(plain(page, 'WWW.Example.AC.jp')) },
  {
    name: 'a server block without listen beside another',
    ...site(
      `  server { listen 127.0.0.1:@HTTP@; server_name x.example.ac.jp www.example.ac.jp; return 200 ok; }`,
    ),
  },
  {
    name: 'several listens, IPv6 too',
    ...site(`  server {
    listen 127.0.0.1:@HTTP@ default_server;
    listen [::1]:@HTTP@ default_server;
    server_name www.example.ac.jp;
  }`),
  },
  {
    name: 'ipv6only=off on one listen',
    ...site(`  server { listen [::]:@HTTP@ ipv6only=off; server_name www.example.ac.jp; return 200 ok; }`),
  },
  {
    name: 'TLS settings of its own in a plain block',
    ...site(plain('    ssl_protocols TLSv1.2;\n    ssl_session_timeout 5m;')),
  },
  { name: 'HTTP/2 on the TLS listen', ...site(tls().replace('@HTTPS@ ssl;', '@HTTPS@ ssl http2;')) },
  {
    name: 'a redirect asked for',
    options: ['--redirect'],
    ...site(plain(page)),
    also: (machine) => expectRedirect(machine, '/a?b=c'),
  },
  { name: 'HSTS asked for', options: ['--hsts'], ...site(plain(page)) },
  {
    name: 'stream and mail-like blocks beside http',
    files: { 'nginx.conf': main(plain(page), 'worker_rlimit_nofile 256;\nuser root;\n') },
  },
  {
    name: 'if, set and nested locations',
    ...site(
      plain(`    set $x 1;
    if ($request_method = POST) { return 405; }
    location /a/ { location ~ \\.b$ { return 200 b; } return 200 a; }`),
    ),
  },
  {
    name: 'a snippet that only our sites share for their certificate',
    names: ['www.example.ac.jp', 'web.example.ac.jp'],
    files: {
      'nginx.conf': main(
        ['www', 'web']
          .map(
            (name) =>
              `  server { listen @HTTP@; listen @HTTPS@ ssl; server_name ${name}.example.ac.jp; include tls.conf; }`,
          )
          .join('\n'),
      ),
      'tls.conf': 'ssl_certificate @ROOT@/old.pem;\nssl_certificate_key @ROOT@/old.key;\n',
    },
  },
  {
    name: 'refused: a snippet that other sites share for their certificate',
    refused: /sets the certificate for other sites too: other\.example\.ac\.jp/,
    files: {
      'nginx.conf': main(
        ['www', 'other']
          .map(
            (name) =>
              `  server { listen @HTTP@; listen @HTTPS@ ssl; server_name ${name}.example.ac.jp; include tls.conf; }`,
          )
          .join('\n'),
      ),
      'tls.conf': 'ssl_certificate @ROOT@/old.pem;\nssl_certificate_key @ROOT@/old.key;\n',
    },
  },
  {
    name: 'refused: no block for the name',
    refused: /No server block has the server_name www/,
    ...site(plain(page, 'x.example.ac.jp')),
  },
  {
    name: 'refused: a block that is not closed',
    broken: true,
    refused: /broken already/,
    ...site(`${plain(page)}  server {`),
  },
  {
    name: 'refused: an unknown directive',
    broken: true,
    refused: /broken already/,
    ...site(plain('    sslcertificate x;')),
  },
  {
    name: 'refused: a certificate file that is gone',
    broken: true,
    refused: /broken already/,
    ...site(tls().replace('old.pem', 'gone.pem')),
  },
  {
    name: 'refused: an include that is not there',
    broken: true,
    refused: /broken already/,
    ...site(`  include gone.conf;\n${plain(page)}`),
  },
]
