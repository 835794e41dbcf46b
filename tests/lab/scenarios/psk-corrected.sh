VERSIONS='1 2'
DESC='the pre-shared keys differ; then the responder gets the right one'
V[b.psk]=battery-staple-7
run() {
  up a; sleep 1
  V[b.psk]=${V[a.psk]}; conf b; load b
  up a; sleep 1
}
