VERSIONS='1 2'
DESC='up, then the operator of a takes the tunnel down'
run() { up a; sleep 1; down a; sleep 1; }
