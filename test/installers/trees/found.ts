/** Trees that another ACME client made, or whose files are reached by links, twice, or by IPv6 alone. */
import type { Tree } from '../support/machine.js'
import * as apache from './apache-blocks.js'
import * as nginx from './nginx-blocks.js'

const v6 = '[::1]:@HTTP@'

export const foundNginx: Tree[] = [
  {
    name: 'as certbot leaves a site: TLS settings in a file, a block that redirects with if',
    files: {
      'nginx.conf': nginx.main('  include sites-enabled/*;'),
      'letsencrypt/options-ssl-nginx.conf': `ssl_session_cache shared:le_nginx_SSL:1m;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_prefer_server_ciphers off;
`,
      'sites-enabled/www': `server {
    server_name www.example.ac.jp;
    root @ROOT@/html;

    listen @HTTPS@ ssl; # managed by Certbot
    ssl_certificate @ROOT@/old.pem; # managed by Certbot
    ssl_certificate_key @ROOT@/old.key; # managed by Certbot
    include letsencrypt/options-ssl-nginx.conf; # managed by Certbot
}
server {
    if ($host = www.example.ac.jp) {
        return 301 https://$host$request_uri;
    } # managed by Certbot


    listen @HTTP@;
    server_name www.example.ac.jp;
    return 404; # managed by Certbot
}
`,
    },
  },
  {
    name: 'server_name over several lines, with a comment in it',
    names: ['www.example.ac.jp', 'web.example.ac.jp'],
    ...nginx.site(
      nginx.plain(nginx.page, 'www.example.ac.jp # the old one;\n      "web.example.ac.jp"\n     '),
    ),
  },
  {
    name: 'Tomcat behind it, other sites by upstream sockets',
    ...nginx.site(`  upstream tomcat { server 127.0.0.1:@OTHER@; server unix:@ROOT@/tmp/app.sock backup; }
${nginx.plain(`    location ^~ /manager/ { deny all; }
    location / { proxy_pass http://tomcat; proxy_redirect off; proxy_set_header X-Forwarded-Proto $scheme; }`)}`),
  },
  {
    name: 'a site that is included twice, by its name and by a link to it',
    files: {
      'nginx.conf': nginx.main('  include sites-available/www;\n  include sites-enabled/*;'),
      'sites-available/www': nginx.plain(nginx.page),
    },
    links: { 'sites-enabled/www': '../sites-available/www' },
  },
  {
    name: 'a main file and a folder that are links into another folder',
    files: {
      'git/nginx/nginx.conf': nginx.main('  include @ROOT@/sites/*.conf;'),
      'git/nginx/sites/www.conf': nginx.plain(nginx.page),
    },
    links: { 'nginx.conf': 'git/nginx/nginx.conf', sites: '@ROOT@/git/nginx/sites' },
  },
  {
    name: 'IPv6 alone',
    host: '::1',
    ...nginx.site(`  server { listen ${v6}; server_name www.example.ac.jp; return 200 ok; }`),
  },
]

export const foundApache: Tree[] = [
  {
    name: 'as certbot leaves a site: a file of its own for TLS beside the plain one',
    files: {
      'apache2.conf': `${apache.head}${apache.load('rewrite')}Listen @HTTPS@\nIncludeOptional sites-enabled/*.conf\n`,
      'letsencrypt/options-ssl-apache.conf': `SSLEngine on
SSLProtocol all -SSLv2 -SSLv3 -TLSv1 -TLSv1.1
SSLOptions +StrictRequire
`,
      'sites-enabled/www.conf': apache.plain(`RewriteEngine on
RewriteCond %{SERVER_NAME} =www.example.ac.jp
RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [END,NE,R=permanent]`),
      'sites-enabled/www-le-ssl.conf': `<IfModule mod_ssl.c>
<VirtualHost *:@HTTPS@>
    ServerName www.example.ac.jp
    DocumentRoot @ROOT@/html

Include @ROOT@/letsencrypt/options-ssl-apache.conf
SSLCertificateFile @ROOT@/old.pem
SSLCertificateKeyFile @ROOT@/old.key
</VirtualHost>
</IfModule>
`,
    },
  },
  {
    name: 'a site that is included twice, by its name and by a link to it',
    files: {
      'apache2.conf': `${apache.head}Include sites-available/www.conf\nInclude sites-enabled/*.conf\n`,
      'sites-available/www.conf': apache.plain(),
    },
    links: { 'sites-enabled/www.conf': '../sites-available/www.conf' },
  },
  {
    name: 'a main file and a folder that are links into another folder',
    files: {
      'git/httpd/apache2.conf': `${apache.head}Include sites/*.conf\n`,
      'git/httpd/sites/www.conf': apache.plain(),
    },
    links: { 'apache2.conf': 'git/httpd/apache2.conf', sites: '@ROOT@/git/httpd/sites' },
  },
  {
    name: 'IPv6 alone',
    host: '::1',
    ...apache.one(
      `${apache.base}${apache.ssl}Listen ${v6}\n${apache.plain('', 'ServerName www.example.ac.jp', v6)}`,
    ),
  },
]
