VERSIONS='2'
DESC='reauthentication that makes the new IKE SA before it breaks the old one'
for s in a b; do V[$s.charon_extra]='make_before_break = yes'; done
run() { up a; sleep 1; swan a 20 --rekey --ike "${V[a.conn]}" --reauth; sleep 4; }
