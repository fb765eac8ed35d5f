/** Pieces of nginx configurations. `@…@` is filled in by the machine. */
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  .map((name) => `  ${name}_temp_path @ROOT@/tmp/${name};`)
  .join('\n')

/** nginx.conf around what stands in `http`. */
export const main = (http: string, top = '') => `pid @ROOT@/logs/nginx.pid;
worker_processes 1;
${top}events { worker_connections 64; }
http {
${temporary}
  access_log off;
${http}
}
`
export const plain = (inside: string, names = 'www.example.ac.jp') => `  server {
    listen @HTTP@;
    server_name ${names};
${inside}
  }
`
export const tls = (inside = '', names = 'www.example.ac.jp') => `  server {
    listen @HTTP@;
    listen @HTTPS@ ssl;
    server_name ${names};
    ssl_certificate @ROOT@/old.pem;
    ssl_certificate_key @ROOT@/old.key;
${inside}
  }
`
export const page = '    location / { return 200 "ok"; }'
export const site = (conf: string) => ({ files: { 'nginx.conf': main(conf) } })
