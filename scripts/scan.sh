#!/usr/bin/env bash
# Third parties look at the running product: wapiti at its pages, as an operator and as a visitor, testssl.sh at its TLS,
# the balancer's and its own. The program (CENTRALINO_BIN, by default the release build) runs in folders of its own, behind
# HAProxy with deploy/haproxy.cfg as it is shipped. Fails if anything above informational is left that
# scripts/scan_verdict.py does not name with its reason. SCAN_SECONDS: the most for each module of wapiti (600).
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "${CENTRALINO_BIN:-target/release/centralino}")
wapiti=$PWD/target/scan/venv/bin/wapiti
if ! [ -x "$wapiti" ]; then
  echo "==> pip install wapiti3" >&2
  python3 -m venv target/scan/venv
  target/scan/venv/bin/pip install --quiet wapiti3==3.2.3
fi
testssl=$(command -v testssl || command -v testssl.sh || true)
if [ -z "$testssl" ]; then
  echo "==> apt-get install testssl.sh" >&2
  as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends testssl.sh bsdextrautils dnsutils >&2
  testssl=$(command -v testssl)
fi
haproxy=$(command -v haproxy || echo /usr/sbin/haproxy)

work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# A certificate as authorities issue them, of an authority that is trusted here.
(
  cd "$work"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj '/CN=Scan' \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout key.pem -out desk.csr
  printf '%s\n' subjectAltName=DNS:localhost keyUsage=critical,digitalSignature extendedKeyUsage=serverAuth \
    basicConstraints=critical,CA:FALSE crlDistributionPoints=URI:http://localhost/ca.crl >extensions
  openssl x509 -req -in desk.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 90 -extfile extensions -out cert.pem
  cat cert.pem key.pem >desk.pem
) 2>/dev/null

http=$(port) https=$(port) one=$(port) two=$(port)
desk=https://localhost:$https
export CENTRALINO__DATA=$work/data CENTRALINO__SERVER__LISTEN=127.0.0.1:$one CENTRALINO__SERVER__PUBLIC_URL=$desk
export CENTRALINO__SERVER__TRUSTED_PROXIES=127.0.0.1 CENTRALINO__SANDBOX__LISTEN=127.0.0.1:0
export CENTRALINO__SANDBOX__CONTROL=127.0.0.1:0
# A scanner asks faster than people: it is to reach the pages, not their bounds.
export CENTRALINO__LIMITS__REQUESTS_PER_OPERATOR=0 CENTRALINO__LIMITS__REQUESTS_PER_ADDRESS=0
export CENTRALINO__LIMITS__SIGN_INS_PER_ADDRESS=0
(cd "$work" && exec "$program" serve) >"$work/desk.log" 2>&1 &
pids+=($!)
CENTRALINO_LOG=127.0.0.1:9 CENTRALINO_HTTP=127.0.0.1:$http CENTRALINO_HTTPS=127.0.0.1:$https \
  CENTRALINO_CERTIFICATE=$work/desk.pem CENTRALINO_ONE=127.0.0.1:$one CENTRALINO_TWO=127.0.0.1:$two \
  "$haproxy" -f deploy/haproxy.cfg >"$work/haproxy.log" 2>&1 &
pids+=($!)
browse() { curl --silent --cacert "$work/ca.pem" -b "$work/jar" -c "$work/jar" -H 'Sec-Fetch-Site: same-origin' "$@"; }
for _ in $(seq 100); do
  browse -o "$work/page" -w '%{http_code}' "$desk/login" 2>/dev/null | grep -q 200 && break
  sleep 0.2
done
grep -q 'operatore1' "$work/page" || { cat "$work/desk.log" "$work/haproxy.log" >&2; exit 1; }

# `look NAME [OPTIONS]`: wapiti as it comes, but for the modules that ask other machines or know other products' faults.
look() {
  local name=$1
  shift
  (cd "$work" && "$wapiti" --url "$desk/" --module "$modules" --header 'Sec-Fetch-Site: same-origin' \
    --exclude "$desk/v-*" --exclude "$desk/logout" --exclude "$desk/session*" --store-session "$work/$name" \
    --store-config "$work/$name-config" --max-attack-time "${SCAN_SECONDS:-600}" --no-bugreport --flush-session \
    --verbose 1 --format json --output "$work/$name.json" "$@") >"$work/$name.log" 2>&1 </dev/null ||
    { tail -20 "$work/$name.log" >&2; exit 1; }
}
modules=backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,https_redirect,methods,permanentxss,redirect
modules+=,shellshock,spring4shell,sql,timesql,upload,xss

echo "    wapiti, an operator with a case" >&2
browse -o /dev/null -d username=operatore1 --data-urlencode 'password=quattro gatti blu' "$desk/login"
pin=$("$program" operator pin operatore1 2>/dev/null | head -1)
case=$(browse -o /dev/null -d "pin=$pin" -w '%{redirect_url}' "$desk/login/pin" && browse -o /dev/null -d call=88213 -w ' %{redirect_url}' "$desk/cases")
case=${case##* }
[[ $case == */cases/* ]] || { tail -5 "$work/desk.log" >&2; echo "signing in did not lead to a case" >&2; exit 1; }
session=$(awk '$6 == "__Host-session" { print $7 }' "$work/jar")
look operator --cookie-value "__Host-session=$session" --start "$case" --start "$desk/cases" --start "$desk/confirm" \
  --start "$desk/profile" --exclude "$desk/profile/sign-out" --exclude "$desk/profile/password" --exclude "$case/close"
browse -o "$work/page" "$desk/profile"
grep -q 'action="/logout"' "$work/page" || { echo "the scan was signed out" >&2; exit 1; }

# The last of the two: after so many wrong attempts the address is locked out.
echo "    wapiti, a visitor" >&2
look visitor --start "$desk/login"

# The desk's own TLS, without the balancer.
own=$(port)
(
  cd "$work"
  unset CENTRALINO__SERVER__TRUSTED_PROXIES
  export CENTRALINO__DATA=$work/own CENTRALINO__SERVER__LISTEN=127.0.0.1:$own CENTRALINO__METRICS__LISTEN=127.0.0.1:0
  export CENTRALINO__SERVER__PUBLIC_URL=https://localhost:$own
  export CENTRALINO__SERVER__TLS_CERTIFICATE_FILE=$work/cert.pem CENTRALINO__SERVER__TLS_KEY_FILE=$work/key.pem
  exec "$program" serve
) >"$work/own.log" 2>&1 &
pids+=($!)
for _ in $(seq 100); do
  browse -o "$work/page" "https://localhost:$own/login" 2>/dev/null && break
  sleep 0.2
done

# `look_at_tls NAME ADDRESS`: testssl.sh as it comes.
look_at_tls() {
  "$testssl" --quiet --color 0 --warnings batch --nodns none --add-ca "$work/ca.pem" --jsonfile "$work/$1.json" \
    "$2/login" >"$work/$1.log" 2>&1 </dev/null || true
}
echo "    testssl.sh, the balancer" >&2
look_at_tls tls "$desk"
echo "    testssl.sh, the desk itself" >&2
look_at_tls own-tls "https://localhost:$own"

mkdir -p target/scan
cp "$work"/{visitor,operator,tls,own-tls}.{json,log} target/scan/
for address in "$desk" "http://localhost:$one"; do
  # What scripts/scan_verdict.py says of forms without a token.
  for header in 'Sec-Fetch-Site: cross-site' 'Origin: https://evil.example'; do
    code=$(curl --silent --cacert "$work/ca.pem" -b "__Host-session=$session" -o /dev/null -w '%{http_code}' -H "$header" -d call=1 "$address/cases")
    [ "$code" = 403 ] || { echo "a form of another site was answered with $code" >&2; exit 1; }
  done
done
python3 scripts/scan_verdict.py target/scan/visitor.json target/scan/operator.json target/scan/tls.json \
  target/scan/own-tls.json
