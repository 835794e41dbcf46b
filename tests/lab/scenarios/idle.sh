VERSIONS='1 2'
DESC='nothing passes the tunnel: the initiator takes it down for inactivity'
V[a.child_extra]='inactivity = 3s'
V[a.charon_extra]='inactivity_close_ike = yes'
run() { up a; wait_log a 20 'inactivity'; sleep 2; }
