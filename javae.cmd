@echo off
rem Runs JaVAE on Windows: builds on first use (delete javae-cli\target to build anew), else uses the folder lib beside this file.
setlocal
set "LIB=%~dp0lib"
if exist "%~dp0pom.xml" set "LIB=%~dp0javae-cli\target\lib"
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
if not exist "%LIB%\javae.jar" (
  if not exist "%~dp0pom.xml" (
    echo javae: %LIB%\javae.jar is missing; the folder lib belongs beside this file 1>&2
    exit /b 1
  )
  echo javae: first use, building with Maven, downloads the engine once, some minutes 1>&2
  call mvn -q -B -DskipTests -f "%~dp0pom.xml" -pl javae-cli -am package 1>&2
  if errorlevel 1 exit /b 1
)
"%JAVA%" -XX:+UseSerialGC -Djava.awt.headless=true -Djavae.command=javae %JAVAE_OPTS% -cp "%LIB%\javae.jar" org.javae.cli.Javae %*
