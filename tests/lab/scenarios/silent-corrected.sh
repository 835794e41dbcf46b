VERSIONS='1 2'
DESC='a filter before the peer drops everything; then it is taken away'
before() { firewall b 'udp dport { 500, 4500 }'; }
run() { up a; sleep 1; firewall_off b; up a; sleep 1; }
