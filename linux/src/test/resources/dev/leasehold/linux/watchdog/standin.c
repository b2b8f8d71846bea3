// SPDX-License-Identifier: Apache-2.0
// Stands in for a watchdog device: preloaded into wdmd, it writes down what is done to the device.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
static int wfd=-1; static int timeout=60;
static void rec(const char*s){ FILE*f=fopen(getenv("WD_LOG"),"a"); struct timespec t; clock_gettime(CLOCK_MONOTONIC,&t); fprintf(f,"%ld %s\n",(long)t.tv_sec,s); fclose(f);}
int open(const char*p,int fl,...){ static int(*r)(const char*,int,...); if(!r)r=dlsym(RTLD_NEXT,"open"); va_list a; va_start(a,fl); int m=va_arg(a,int); va_end(a);
 if(strstr(p,"watchdog")){ wfd=r("/dev/null",fl,m); rec("open"); return wfd;} return r(p,fl,m);}
int open64(const char*p,int fl,...){ va_list a; va_start(a,fl); int m=va_arg(a,int); va_end(a); return open(p,fl,m);}
int ioctl(int fd,unsigned long q,...){ static int(*r)(int,unsigned long,...); if(!r)r=dlsym(RTLD_NEXT,"ioctl"); va_list a; va_start(a,q); void*v=va_arg(a,void*); va_end(a);
 if(fd==wfd&&wfd>=0){ switch(q&0xff){case 5: rec("ping"); return 0; case 6: timeout=*(int*)v; rec("settimeout"); return 0; case 7: *(int*)v=timeout; return 0; default: if(v)memset(v,0,4); return 0;}} return r(fd,q,v);}
ssize_t write(int fd,const void*b,size_t n){ static ssize_t(*r)(int,const void*,size_t); if(!r)r=dlsym(RTLD_NEXT,"write"); if(fd==wfd&&wfd>=0){ if(n==1&&*(char*)b=='V')rec("V"); return n;} return r(fd,b,n);}
int close(int fd){ static int(*r)(int); if(!r)r=dlsym(RTLD_NEXT,"close"); if(fd==wfd&&wfd>=0){rec("close");wfd=-1;} return r(fd);}
