VERSIONS='2'
DESC='CHILD SA and IKE SA are rekeyed from both ends, twice'
run() {
  up a; sleep 1
  rekey_child a; rekey_ike a; rekey_child b; rekey_ike b; rekey_child a
  sleep 1
}
