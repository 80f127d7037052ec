# Reference numbers of tests/unit/stats/equal-accuracy.test.ts, in base R alone: Rscript scripts/oracles/equal-accuracy.R
n <- 60; i <- 0:(n-1)
f <- 1 + 0.5*sin(1.3*i) + 0.3*cos(0.7*i*i); s <- 0.8 + 0.4*sin(1.7*i+1) + 0.2*cos(0.9*i*i)
gw <- function(f,s,h){ d<-f-s; N<-length(d)-h; x<-cbind(1,d[1:N]); y<-d[(h+1):length(d)]; z<-x*y
 if(h==1){ fit<-lm(rep(1,N)~z-1); st<-N*(1-sum(residuals(fit)^2)/N) } else { zb<-colMeans(z); O<-crossprod(z)/N
  for(j in 1:(h-1)){G<-crossprod(z[(j+1):N,],z[1:(N-j),])/N; O<-O+(1-j/h)*(G+t(G))}; st<-N*t(zb)%*%solve(O)%*%zb }
 fit2<-fitted(lm(y~x[,2])); c(st,pchisq(st,2,lower.tail=FALSE),mean(fit2>0)) }
options(digits=15); print(gw(f,s,1)); print(gw(f,s,3))
# MCS
L <- sapply(0:4,function(m) 1+0.05*m*m/2+0.6*sin((m+1)*1.1*i+m)+0.3*cos((0.3+m)*i*i))
B <- 200; idx <- lapply(0:(B-1), function(b) ((i*(2*b+1)*7+b*13+((i*i*b)%%11)) %% n)+1)
mcs <- function(L,idx){ M<-seq_len(ncol(L)); out<-list(); p<-0
 while(length(M)>1){ X<-L[,M,drop=FALSE]; D<-X-rowMeans(X); dbar<-colMeans(D); boot<-t(sapply(idx,function(k) colMeans(D[k,,drop=FALSE])-dbar))
  sdv<-sqrt(colMeans(boot^2)); tt<-dbar/sdv; Tb<-apply(sweep(boot,2,sdv,'/'),1,max); p<-max(p,mean(Tb>=max(tt))); w<-which.max(tt); out[[length(out)+1]]<-c(M[w]-1,p); M<-M[-w]}
 out[[length(out)+1]]<-c(M-1,1); do.call(rbind,out)}
print(mcs(L,idx)); print(colMeans(L))
print(c(binom.test(31,50)$p.value,binom.test(61,100)$p.value,binom.test(3,3)$p.value,binom.test(0,12)$p.value))
