VERSIONS='1 2'
DESC='the IKE SA is authenticated again from scratch: new SA, then the old one goes'
run() {
  up a; sleep 1
  if [ "$IKE" = 1 ]; then rekey_ike a; else swan a 20 --rekey --ike "${V[a.conn]}" --reauth; fi
  sleep 4
}
