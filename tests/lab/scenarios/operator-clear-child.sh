VERSIONS='1 2'
DESC='up, then the operator of a takes only the CHILD SA down'
run() { up a; sleep 1; swan a 20 --terminate --child "${V[a.child]}"; sleep 1; }
