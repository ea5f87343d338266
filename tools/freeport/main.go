// Command freeport prints n TCP ports of 127.0.0.1 that are free, one a line.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
)

func main() {
	log.SetFlags(0)
	n, err := strconv.Atoi(os.Args[len(os.Args)-1])
	if err != nil || n < 1 {
		log.Fatal("usage: freeport N")
	}
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			log.Fatal(err)
		}
		defer listener.Close() // all are held until all are known, so that they differ
		fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	}
}
