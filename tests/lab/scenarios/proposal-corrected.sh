VERSIONS='1 2'
DESC='no common IKE proposal; then the initiator gets the right one'
V[a.ikeprop]=aes128-sha1-modp2048
V[b.ikeprop]=aes256-sha256-modp2048
run() {
  up a; sleep 2
  V[a.ikeprop]=${V[b.ikeprop]}; conf a; load a
  up a; sleep 1
}
